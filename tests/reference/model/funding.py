"""Funding of a skew. Formulas 2."""

from .exact import FACTOR, ONE, Fraction, ceil, floor


def rate(risk, skew):
    """Per second, 64 fraction bits: `min(cap, floor(slope |s| / side_cap))`."""
    return min(risk.funding_cap, floor(Fraction(risk.funding_slope * abs(skew), risk.side_cap)))


def accrue(market, last, now):
    """Charges the heavier side since `last`; gives the time up to which funding has accrued."""
    book, price = market.book, market.price
    seconds = max(0, min(now, price.publish_time + market.risk.max_price_age) - last)
    skew = book.skew
    if skew and seconds:
        per_lot = Fraction(price.oracle * rate(market.risk, skew) * seconds, ONE)
        payer, receiver = (book.long, book.short) if skew > 0 else (book.short, book.long)
        due, given = ceil(per_lot), floor(per_lot)
        payer.owed += ceil(Fraction(payer.lots32 * due, ONE))
        payer.funding += ceil(Fraction(due * payer.factor, FACTOR))
        receiver.owed -= floor(Fraction(receiver.lots32 * given, ONE))
        receiver.funding -= floor(Fraction(given * receiver.factor, FACTOR))
    return max(last, now)
