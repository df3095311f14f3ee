"""The formulas, one module for each part. Every rounding is a floor or a ceiling of a fraction."""
