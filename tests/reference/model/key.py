"""The priority key: the cost of waiting. Specification 4, ADR 11."""

from .exact import Fraction, ONE, clamp, floor, isqrt, mulf, u64
from .normal import STEPS, table

X = 2**24
"""One, in the fixed point of `x = E / S`."""


def stress_of(stresses):
    """`S = max(|sum s_i S_i|, sqrt(sum S_i^2))`."""
    return u64(max(abs(sum(stresses)), isqrt(sum(size * size for size in stresses))))


def loss(u):
    """`L(3 u) / 3` for `u` with 24 fraction bits: linear between the table's steps, zero beyond the last."""
    entries, place = table(), Fraction(u * STEPS, X)
    index = floor(place)
    if index >= 2 * STEPS:
        return 0
    here, there = entries[index], entries[index + 1]
    return here - floor((here - there) * (place - index))


def equity_over_stress(equity, stress):
    """`x = E / S`, towards zero, from the leading 32 bits of the stress."""
    unit = 2 ** max(0, stress.bit_length() - 32)
    x = floor(Fraction(floor(Fraction(abs(equity), unit)) * X, floor(Fraction(stress, unit))))
    return x if equity >= 0 else -x


def weight(x, drift):
    """`w(x) = L(3 |x - a|) / 3 + clamp(a - x, 0, a)`."""
    distance = Fraction(drift * X, ONE)
    a = floor(distance)
    return loss(abs(x - a)) + floor(Fraction(clamp(a - x, 0, a) * ONE, X))


def cost_of_waiting(stress, drift, equity, maintenance):
    """`S w(E / S) + clamp(MM - E, 0, MM) / 2^16`."""
    shortfall = floor(Fraction(clamp(maintenance - equity, 0, maintenance), 2**16))
    if stress == 0:
        return shortfall
    return u64(mulf(weight(equity_over_stress(equity, stress), drift), stress) + shortfall)
