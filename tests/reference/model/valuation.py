"""Which price a leg is valued at when sources disagree, are missing or are old. Formulas 4, the table."""

from dataclasses import dataclass

from . import watch
from .exact import ONE, Fraction, ceil, mulc, mulf
from .margin import leg
from .state import HALTED, SETTLING

NORMAL, DISAGREEMENT, ONE_SOURCE, HALT, STALE = "normal", "disagreement", "one-source", "halted", "stale"


@dataclass
class Quote:
    """A price for one side: where a leg is valued, the least favourable one, and the favour `b` over notional."""

    state: str
    price: int
    worst: int
    favour: int
    publish_time: int


def is_fresh(risk, price, now, newer_than):
    """Young enough, and newer than what the caller asks for."""
    newer = newer_than is None or price.publish_time > newer_than
    return now - price.publish_time <= risk.max_price_age and newer


def quote(market, long, now, newer_than):
    """The price for the longs or the shorts of a market. In a halted market a leg is valued as ever, and not closed."""
    seen = priced(market, long, now, newer_than)
    since = market.watch.disagreed_since if market.second_source else 0
    too_long = since and now - since > market.risk.disagreement
    if (market.status == HALTED or too_long) and seen.state != STALE:
        seen.state = HALT
    return seen


def priced(market, long, now, newer_than):
    """The same whatever the status; the price of a settlement is fixed and does not age."""
    if market.status >= SETTLING:
        price = market.price
        return Quote(NORMAL, price.oracle, price.oracle, 0, price.publish_time)
    resuming = watch.resuming(market.watch, now)
    risk, sources = market.risk, [market.price] + ([market.second] if market.second_source else [])
    young = [source for source in sources if is_fresh(risk, source, now, newer_than) and not resuming]
    if len(young) == len(sources):
        prices = [source.oracle for source in young]
        if max(prices) - min(prices) <= mulf(risk.band, prices[0]):
            return Quote(NORMAL, prices[0], prices[0], 0, newest(young))
        best, worst = (max(prices), min(prices)) if long else (min(prices), max(prices))
        return Quote(DISAGREEMENT, best, worst, 0, newest(young))
    if young:
        return degraded(ONE_SOURCE, young[0], risk.band, long)
    latest = max(sources, key=lambda source: source.publish_time)
    return degraded(STALE, latest, min(ONE, max(risk.band, risk.stale * max(0, now - latest.publish_time))), long)


def newest(sources):
    """The latest publish time."""
    return max(source.publish_time for source in sources)


def degraded(state, source, favour, long):
    """One price where there should be more, with a favour."""
    band = ceil(Fraction(favour * source.oracle, ONE))
    worst = max(0, source.oracle - band) if long else source.oracle + band
    return Quote(state, source.oracle, worst, favour, source.publish_time)


def value(position, market, now, newer_than):
    """A leg by the table, and what may be done with it."""
    seen = quote(market, position.long, now, newer_than)
    at = leg(position, market, seen.price)
    credit = min(at.maintenance, mulc(seen.favour, at.notional))
    at.counted, at.credit, at.favour = at.counted + credit, credit, min(at.ratio, seen.favour)
    return {
        "state": seen.state, "leg": at, "publish_time": seen.publish_time, "new_risk": seen.state == NORMAL,
        "closable": seen.state not in (STALE, HALT),
    }

