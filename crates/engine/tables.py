#!/usr/bin/env python3
"""The normal loss function over three, in fixed point, for the priority key. Needs no package.

T(u) = L(3 u) / 3 with L(z) = pdf(z) - z (1 - cdf(z)), for u = 0, 1/256, ..., 2.

    tables.py          writes src/normal_loss.rs, and tests/data/key.txt: keys with 50 digits
    tables.py --check  compares both with what it would write, and the engine's value between the table's steps with the
                       function in 50 digits, at every value of the table, every middle and 3,000 other points
"""

import random
import re
import sys
from decimal import Decimal as D, getcontext
from pathlib import Path

getcontext().prec = 90
HERE = Path(__file__).parent
TABLE, KEYS = HERE / "src/normal_loss.rs", HERE / "tests/data/key.txt"
STEPS_PER_UNIT, LAST = 256, 512
PI = D("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899862803482534211706798")
DIGITS = D(10) ** -50
# What src/key.rs and docs/formulas.md promise of `loss`.
BELOW, ABOVE = D(2) ** -33, D("2.284e-6")


def density(z):
    return (-z * z / 2).exp() / (2 * PI).sqrt()


def upper_tail(z):
    """1 - cdf(z) by the Taylor series of the integral of the density."""
    term, total, n = z, z, 0
    while abs(term) > D(10) ** -80:
        n += 1
        term = -term * z * z / (2 * n)
        total += term / (2 * n + 1)
    return D("0.5") - total / (2 * PI).sqrt()


def upper_tail_again(z):
    """The same by another series, whose terms are all positive: cdf(z) - 1/2 = pdf(z) (z + z^3/3 + z^5/15 + ...)."""
    term, total, n = z, z, 1
    while abs(term) > D(10) ** -80:
        n += 2
        term = term * z * z / n
        total += term
    return D("0.5") - density(z) * total


def loss(u, tail=upper_tail):
    """L(3 u) / 3, for any u."""
    z = 3 * abs(u)
    return (density(z) - z * tail(z)) / 3 + max(D(0), -u)


def table_values():
    return [int((loss(D(i) / STEPS_PER_UNIT) * 2**32).to_integral_value()) for i in range(LAST + 1)]


def table_text(values):
    rows = [", ".join(f"{v:_}" for v in values[i : i + 8]) for i in range(0, len(values), 8)]
    body = "".join(f"    {row},\n" for row in rows)
    return (
        "//! The normal loss function over three. Made by `tables.py`; a test computes it again.\n\n"
        "/// `L(3 u) / 3` with 32 fraction bits at `u = i / 256`; zero beyond the last.\n"
        f"#[rustfmt::skip]\npub const TABLE: [u32; {len(values)}] = [\n{body}];\n"
    )


def key(stress, drift, equity, maintenance):
    """The priority key as the specification has it: `drift` in 2^-32."""
    shortfall = D(min(max(maintenance - equity, 0), maintenance)) / 65_536
    if stress == 0:
        return shortfall
    x, a = D(equity) / stress, D(drift) / 2**32
    return stress * (loss(x - a) - max(D(0), -x)) + shortfall


def key_text():
    """Accounts whose equity is zero, at the drift, at steps of the table and their middles, and anywhere."""
    rng = random.Random(3)
    rows = []
    for drift in (1 << 30, 1_503_238_554, 1 << 31):
        for equity in (0, 1, -1, drift, drift - 1, drift + 1, -(3 << 32), (3 << 32) + 5):
            rows.append((1 << 32, drift, equity, 4 << 32))
        for step in range(0, 520, 13):
            rows.append((1 << 32, drift, drift + (step << 24), 0))
            rows.append((1 << 32, drift, drift - (step << 24) - (1 << 23), 0))
        for _ in range(100):
            stress = rng.getrandbits(rng.randint(8, 58)) + 1
            equity = int(stress * rng.uniform(-2.5, 2.8))
            rows.append((stress, drift, equity, rng.getrandbits(rng.randint(8, 58))))
    rows.append((0, 1 << 31, -5, 1 << 20))
    lines = [f"{s} {d} {e} {m} {key(s, d, e, m):.50f}\n" for s, d, e, m in rows]
    return "# stress drift equity maintenance key, made by tables.py: drift in 2^-32, the key with 50 decimals\n" + "".join(lines)


def engine_loss(table, u_raw):
    """What the engine makes of the table: u with 24 fraction bits, the result with 32."""
    index, fraction = u_raw >> 16, u_raw % (1 << 16)
    if index + 1 >= len(table):
        return 0
    return table[index] - (((table[index] - table[index + 1]) * fraction) >> 16)


def check():
    text = TABLE.read_text()
    table = [int(n) for n in re.findall(r"\b[0-9_]+(?=,)", text.split("= [", 1)[1])]
    assert text == table_text(table_values()), "src/normal_loss.rs is not what tables.py writes"
    assert KEYS.read_text() == key_text(), "tests/data/key.txt is not what tables.py writes"

    rng = random.Random(7)
    points = [i << 16 for i in range(LAST + 1)] + [(i << 16) + (1 << 15) for i in range(LAST)]
    points += [rng.randrange((LAST << 16) + (1 << 20)) for _ in range(3_000)]
    least, most = D(0), D(0)
    for point in points:
        u = D(point) / 2**24
        exact = loss(u)
        assert abs(exact - loss(u, upper_tail_again)) < DIGITS, f"two series differ at {u}"
        error = D(engine_loss(table, point)) / 2**32 - exact
        assert -BELOW <= error <= ABOVE, f"error {error:.3e} at {u}"
        least, most = min(least, error), max(most, error)
    assert most > ABOVE - D("2e-9") and least < -BELOW * D("0.98"), f"the bound is not tight: {least:.3e} {most:.3e}"
    print(f"tables: {len(points)} points, error from {least:.3e} to {most:.3e}, allowed {-BELOW:.3e} to {ABOVE:.3e}")


def main():
    if sys.argv[1:] == ["--check"]:
        return check()
    TABLE.write_text(table_text(table_values()))
    KEYS.parent.mkdir(exist_ok=True)
    KEYS.write_text(key_text())


main()
