#!/usr/bin/env python3
"""Writes src/normal_loss.rs: the normal loss function over three, in fixed point, for the priority key.

T(u) = L(3 u) / 3 with L(z) = pdf(z) - z (1 - cdf(z)), for u = 0, 1/256, ..., 2. Needs no package; 60 digits.
"""

from decimal import Decimal as D, getcontext
from pathlib import Path

getcontext().prec = 60
STEPS_PER_UNIT, LAST = 256, 512
PI = D("3.14159265358979323846264338327950288419716939937510582097494459")


def upper_tail(z):
    """1 - cdf(z) by the Taylor series of the integral of the density."""
    term, total, n = z, z, 0
    while abs(term) > D(10) ** -58:
        n += 1
        term = -term * z * z / (2 * n)
        total += term / (2 * n + 1)
    return D("0.5") - total / (2 * PI).sqrt()


def table_value(step):
    z = 3 * D(step) / STEPS_PER_UNIT
    density = (-z * z / 2).exp() / (2 * PI).sqrt()
    return (density - z * upper_tail(z)) / 3


def main():
    values = [int((table_value(i) * 2**32).to_integral_value()) for i in range(LAST + 1)]
    rows = [", ".join(f"{v:_}" for v in values[i : i + 8]) for i in range(0, len(values), 8)]
    body = "".join(f"    {row},\n" for row in rows)
    Path(__file__).with_name("src").joinpath("normal_loss.rs").write_text(
        "//! The normal loss function over three. Made by `tables.py`; a test computes it again.\n\n"
        "/// `L(3 u) / 3` with 32 fraction bits at `u = i / 256`; zero beyond the last.\n"
        f"#[rustfmt::skip]\npub const TABLE: [u32; {len(values)}] = [\n{body}];\n"
    )


main()
