"""Auto-deleveraging of the heavier side. Formulas 5."""

from .exact import FACTOR, ONE, Fraction, Refusal, ceil, floor, mulc
from .nav import claims, nav


def needed(market, price):
    """The heavier side's claims are positive and `NAV < mulc(trigger, |skew| p)`, without unanswered deficit."""
    book, risk = market.book, market.risk
    if book.deficit or not book.skew or claims(book, book.skew > 0, price) <= 0:
        return False
    return nav(book, risk, price) < mulc(risk.adl_trigger, abs(book.skew) * price)


def deleverage(book, risk, long, price, q):
    """Reduces a side to the pool's means at `q`."""
    side, other = book.side(long), book.side(not long)
    lots = side.lots
    means = floor(Fraction(max(nav(book, risk, price), 0) * ONE, risk.adl_target * price))
    keep = min(lots, other.lots + means)
    factor = ceil(Fraction(side.factor * keep, lots))
    lots32 = ceil(Fraction(side.lots32 * factor, side.factor))
    closed = Fraction((side.lots32 - lots32) * q, ONE)
    side.value += (side.factor - factor) * q
    side.cost += -ceil(closed) if long else floor(closed)
    side.lots32, side.factor = lots32, factor
    if factor < 2**46 and side.previous == 0:
        side.end_factor, side.end_value, side.end_funding = factor, side.value, side.funding
        side.factor, side.value, side.epoch = FACTOR, 0, side.epoch + 1
        side.previous = side.holding
    elif factor < 2**30:
        raise Refusal("FactorExhausted")
    return keep
