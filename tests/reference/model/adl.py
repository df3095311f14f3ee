"""Auto-deleveraging of the heavier side. Formulas 5."""

from .exact import FACTOR, ONE, Fraction, Reasons, Refusal, ceil, floor, mulc
from .nav import claims, nav
from .state import HALTED, Look


def is_needed(market):
    """The heavier side's claims are positive, and `NAV < mulc(trigger, |skew| p)`."""
    book, risk, price = market.book, market.risk, market.price.oracle
    if not book.skew or claims(book, book.skew > 0, price) <= 0:
        return False
    return nav(book, risk, price) < mulc(risk.adl_trigger, abs(book.skew) * price)


def look(market, now):
    """The first look remembers; the second, at a newer price within the time to live, acts."""
    reasons, risk, first, price = Reasons(), market.risk, market.look, market.price
    reasons.refuse("MarketNotOpen", market.status > HALTED)
    reasons.refuse("PriceTooOld", now - price.publish_time > risk.max_price_age)
    reasons.refuse("DeficitPending", market.book.deficit > 0)
    long = market.book.skew > 0
    alive = first.price > 0 and now - first.looked <= risk.entry_ttl and first.long == long
    if not is_needed(market):
        reasons.refuse("DeleveragingNotNeeded", first.price == 0)
        reasons.settle()
        market.look = Look()
        return {"look": "cancelled"}
    reasons.refuse("PriceNotNewer", alive and price.publish_time <= first.publish_time)
    reasons.settle()
    if not alive:
        market.look = Look(price.oracle, price.publish_time, now, long)
        return {"look": "first"}
    worse = min(first.price, price.oracle) if long else max(first.price, price.oracle)
    report = reduce(market.book.side(long), long, keep(market, long), worse)
    market.look = Look()
    return {"look": "reduced"} | report


def keep(market, long):
    """`min(L, O + floor(NAV+ 2^32 / (target p)))`."""
    book, risk, price = market.book, market.risk, market.price.oracle
    means = floor(Fraction(max(nav(book, risk, price), 0) * ONE, risk.adl_target * price))
    return min(book.side(long).lots, book.side(not long).lots + means)


def reduce(side, long, kept, q):
    """Reduces a side to `kept` lots at `q`."""
    before = side.lots32
    factor = ceil(Fraction(side.factor * kept, side.lots))
    lots32 = ceil(Fraction(before * factor, side.factor))
    closed = Fraction((before - lots32) * q, ONE)
    value = ceil(closed) if long else floor(closed)
    side.value += (side.factor - factor) * q
    side.cost += -value if long else value
    side.lots32, side.factor = lots32, factor
    new_epoch = factor < 2**46 and side.previous == 0
    if new_epoch:
        side.end_factor, side.end_value, side.end_funding = factor, side.value, side.funding
        side.factor, side.value, side.epoch = FACTOR, 0, side.epoch + 1
        side.previous = side.sized
    elif factor < 2**30:
        raise Refusal("FactorExhausted")
    report = {"long": long, "price": q, "before32": str(before), "after32": str(lots32)}
    return report | {"value": value, "factor": factor, "new_epoch": new_epoch}
