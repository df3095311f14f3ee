"""A second implementation of docs/formulas.md, in exact fractions, and the vectors that the engine must match."""
