"""The normal loss function `L(z) = pdf(z) - z (1 - cdf(z))` to fifty digits. Specification 4, ADR 11."""

from decimal import Decimal, getcontext
from functools import lru_cache
from math import floor

getcontext().prec = 90
STEPS = 256
"""Steps of the table for one unit of `u`; it ends at `u = 2`."""


def _pi():
    """Machin: `16 atan(1/5) - 4 atan(1/239)`."""

    def atan(inverse):
        total, power, n = Decimal(0), Decimal(1) / inverse, 0
        while abs(power) > Decimal(10) ** -88:
            total += (power / (2 * n + 1)) * (1 if n % 2 == 0 else -1)
            power, n = power / (inverse * inverse), n + 1
        return total

    return 16 * atan(Decimal(5)) - 4 * atan(Decimal(239))


ROOT_TWO_PI = (2 * _pi()).sqrt()


def loss(z):
    """`L(z)` for `z >= 0`: the distribution is `1/2 + pdf(z) (z + z^3/3 + z^5/15 + ...)`."""
    z = Decimal(z)
    pdf = (-z * z / 2).exp() / ROOT_TWO_PI
    term, total, n = z, Decimal(0), 1
    while abs(term) > Decimal(10) ** -80:
        total += term
        n += 2
        term = term * z * z / n
    return pdf - z * (Decimal(1) / 2 - pdf * total)


@lru_cache(maxsize=None)
def table():
    """`L(3 u) / 3` with 32 fraction bits at `u = i / 256`, nearest, for `u` from zero to two."""
    return [floor(loss(Decimal(3 * i) / STEPS) / 3 * 2**32 + Decimal("0.5")) for i in range(2 * STEPS + 1)]
