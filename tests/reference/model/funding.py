"""Funding of a skew. Formulas 2."""

from .exact import FACTOR, ONE, Fraction, ceil, floor
from .settlement import forget_old_look
from .state import SETTLING


def rate(risk, skew):
    """Per second, 64 fraction bits: `min(cap, floor(slope |s| / side_cap))`."""
    return min(risk.funding_cap, floor(Fraction(risk.funding_slope * abs(skew), risk.side_cap)))


def accrue(market, now):
    """Charges the heavier side since the last accrual, for the time in which the price was fresh."""
    book, price, risk = market.book, market.price, market.risk
    seconds = max(0, min(now, price.publish_time + risk.max_price_age) - market.accrued)
    skew = book.skew
    if market.status >= SETTLING:
        seconds = 0
    due = given = paid = received = 0
    if skew and seconds:
        per_lot = Fraction(price.oracle * rate(risk, skew) * seconds, ONE)
        payer, receiver = (book.long, book.short) if skew > 0 else (book.short, book.long)
        due, given = ceil(per_lot), floor(per_lot)
        paid, received = ceil(Fraction(payer.lots32 * due, ONE)), floor(Fraction(receiver.lots32 * given, ONE))
        payer.owed += paid
        payer.funding += ceil(Fraction(due * payer.factor, FACTOR))
        receiver.owed -= received
        receiver.funding -= floor(Fraction(given * receiver.factor, FACTOR))
    market.accrued = max(market.accrued, now)
    return {
        "seconds": seconds, "rate": rate(risk, skew), "skew": skew, "paid": str(paid), "received": str(received),
        "look_over": forget_old_look(market, now),
    }
