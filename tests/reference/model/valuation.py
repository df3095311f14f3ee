"""Which price a leg is valued at when sources disagree, are missing or are old. Formulas 4, the table."""

from dataclasses import dataclass

from .exact import ONE, clamp, mulc, mulf
from .margin import leg

NORMAL, DISAGREEMENT, ONE_SOURCE, STALE = "normal", "disagreement", "one-source", "stale"


@dataclass
class Valued:
    """A leg with what it is worth to maintenance, and what may be done with it."""

    state: str
    counted: int
    maintenance: int
    notional: int
    price: int
    new_risk: bool
    closable: bool


def fresh(risk, price, now, newer_than):
    """Young enough, and newer than what the caller asks for."""
    published = price is not None and price.oracle > 0
    return published and now - price.publish_time <= risk.max_price_age and price.publish_time > newer_than


def value(position, market, second, now, newer_than):
    """A leg by the table; `second` is `None` where a market has no second source."""
    risk, sources = market.risk, [market.price] + ([second] if second is not None else [])
    young = [source for source in sources if fresh(risk, source, now, newer_than)]
    base = young[0] if young else max(sources, key=lambda source: source.publish_time)
    at = leg(position, market, base.oracle)
    counted, new_risk, closable, state = at.counted, True, True, NORMAL
    if not young:
        age = now - base.publish_time
        favour = min(at.maintenance, mulc(clamp(risk.stale * age, 0, ONE), at.notional))
        counted, new_risk, closable, state = counted + favour, False, False, STALE
    elif len(sources) == 2 and len(young) == 1:
        counted += min(at.maintenance, mulc(risk.band, at.notional))
        new_risk, state = False, ONE_SOURCE
    elif len(young) == 2 and abs(young[0].oracle - young[1].oracle) > mulf(risk.band, young[0].oracle):
        counted = max(counted, leg(position, market, young[1].oracle).counted)
        new_risk, state = False, DISAGREEMENT
    return Valued(state, counted, at.maintenance, at.notional, base.oracle, new_risk, closable)
