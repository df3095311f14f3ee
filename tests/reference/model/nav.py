"""What the liquidity providers own. Formulas 1."""

from .exact import ONE, Fraction, ceil, floor, i64, u64


def premium(risk, skew, price):
    """`V(s, p) = ceil(|s| p k / 2^64)` with `k = ceil(|s| recip / 2^30)`."""
    k = u64(ceil(Fraction(abs(skew) * risk.skew, 2**30)))
    return u64(ceil(Fraction(u64(abs(skew) * price) * k, 2**64)))


def claims(book, long, price):
    """What a side's positions are worth to their holders, up."""
    side = book.side(long)
    if long:
        return i64(ceil(Fraction(side.lots32 * price, ONE)) - side.cost)
    return i64(-floor(Fraction(side.lots32 * price, ONE)) - side.cost)


def nav(book, risk, price):
    """`treasury - claims - V(skew) - insurance claim + funding owed`."""
    owed = floor(Fraction(book.long.owed, ONE)) + floor(Fraction(book.short.owed, ONE))
    return i64(
        book.treasury
        - claims(book, True, price)
        - claims(book, False, price)
        - premium(risk, book.skew, price)
        - book.insurance_claim
        + owed
    )


def collectable(book, risk, price, gain):
    """The part of a profit that the market can pay. Formulas 4: all of it while `NAV + deficit >= 0`."""
    missing = -(nav(book, risk, price) + book.deficit)
    if missing <= 0:
        return gain
    positive = max(claims(book, True, price), 0) + max(claims(book, False, price), 0)
    payable = max(positive - missing, 0)
    return min(floor(Fraction(gain * payable, positive)), payable) if positive else 0
