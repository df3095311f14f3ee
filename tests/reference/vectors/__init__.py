"""Vectors: deterministic inputs, most of them at or beside a boundary, and what the model makes of them."""
