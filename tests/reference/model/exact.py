"""Exact numbers: integers that must fit their type, and fractions that are rounded in words.

A quantity that is stored is a Python integer; whatever is divided is a `Fraction` until `floor` or `ceil` makes it an
integer again. `docs/formulas.md`, notation.
"""

from fractions import Fraction
from math import ceil, floor, isqrt

ONE = 2**32
"""A ratio of one."""
FINE = 2**64
"""One with the fraction bits of a funding rate or a variance."""
FACTOR = 2**62
"""`A` of a side that was never deleveraged."""


class Refusal(Exception):
    """Why an action is refused. Where several reasons hold, any of them is right: `names` has them all."""

    def __init__(self, *names):
        super().__init__(", ".join(names))
        self.names = sorted(set(names))


class Reasons:
    """Collects every reason that holds, so that the order of an implementation's checks does not matter."""

    def __init__(self):
        self.names = []

    def refuse(self, name, when=True):
        """Notes a reason if it holds."""
        if when:
            self.names.append(name)

    def settle(self):
        """Refuses if anything was noted."""
        if self.names:
            raise Refusal(*self.names)


def _within(value, least, most):
    if not least <= value <= most:
        raise Refusal("Overflow")
    return value


def u64(value):
    """A value that an unsigned word stores."""
    return _within(value, 0, 2**64 - 1)


def i64(value):
    """A value that a signed word stores."""
    return _within(value, -(2**63), 2**63 - 1)


def u128(value):
    """A value between: an unsigned product of two words."""
    return _within(value, 0, 2**128 - 1)


def i128(value):
    """A signed value of two words."""
    return _within(value, -(2**127), 2**127 - 1)


def positive(value):
    """`x+ = max(x, 0)`."""
    return max(value, 0)


def clamp(value, least, most):
    """`value`, but no less than `least` and no more than `most`."""
    return max(least, min(most, value))


def mulf(ratio, amount):
    """`floor(amount r / 2^32)`."""
    return u64(floor(Fraction(ratio, ONE) * amount))


def mulc(ratio, amount):
    """`ceil(amount r / 2^32)`."""
    return u64(ceil(Fraction(ratio, ONE) * amount))


def times(ratio, other):
    """`ceil(r s / 2^32)`: the product of two ratios."""
    return u64(ceil(Fraction(ratio, ONE) * other))


def up(ppm):
    """Parts per million as a ratio, up."""
    return ceil(Fraction(ppm, 10**6) * ONE)


def down(ppm):
    """Parts per million as a ratio, down."""
    return floor(Fraction(ppm, 10**6) * ONE)


def recip(x):
    """`1 / (2 x)` with 94 fraction bits, up."""
    return u64(ceil(Fraction(2**94, 2 * x)))


__all__ = [
    "FACTOR", "FINE", "Fraction", "ONE", "Reasons", "Refusal", "ceil", "clamp", "down", "floor", "i128", "i64", "isqrt",
    "mulc", "mulf", "positive", "recip", "times", "u128", "u64", "up",
]
