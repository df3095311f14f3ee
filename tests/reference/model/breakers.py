"""What stops new risk by itself, and when it lets go. Formulas 12."""

from copy import deepcopy
from dataclasses import dataclass, field

from .exact import ONE, Fraction, mulf
from .price import sources

CALM = 60
REASONS = ("price", "open_interest", "skew", "oracle", "insurance", "cascade")
"""In the order of their bits."""


@dataclass
class Breakers:
    """Those that are tripped, and since when each has been calm."""

    tripped: int = 0
    calm_since: list = field(default_factory=lambda: [0] * len(REASONS))


def looked(state, seen, now):
    """After looks: each says whether it trips and whether it is calm."""
    after = deepcopy(state)
    for place, name in enumerate(REASONS):
        if name not in seen:
            continue
        trips, calm = seen[name]
        bit, since = 2**place, state.calm_since[place]
        tripped = trips or bool(state.tripped & bit)
        if not calm or trips or not tripped:
            after.calm_since[place] = 0
        elif since == 0:
            after.calm_since[place] = now
        elif now - since >= CALM:
            after.calm_since[place], tripped = 0, False
        after.tripped = after.tripped & ~bit | (bit if tripped else 0)
    return after


def _size(size, cap):
    return size >= cap, Fraction(size, cap) < Fraction(9, 10)


def conditions(market, now):
    """What prices and positions say."""
    risk, price, book = market.risk, market.price, market.book
    young = now - price.publish_time <= risk.max_price_age
    distance, band = abs(price.oracle - price.ema), mulf(risk.ema_band, price.ema)
    agree = sources(market, now)
    excess = Fraction(risk.cascade_multiple - ONE, risk.cascade_limit - ONE)
    return {
        "price": (young and distance > band, young and distance <= Fraction(3, 4) * band),
        "open_interest": _size(max(book.long.lots, book.short.lots), risk.side_cap),
        "skew": _size(abs(book.skew), risk.skew_cap),
        "oracle": (agree == "disagree", agree == "agree"),
        "cascade": (excess >= 1, excess < Fraction(3, 4)),
    }


def insurance(market, shared):
    """What the fund says."""
    held, target = market.insurance_own + shared, market.risk.insurance_target
    return {"insurance": (held < target, held >= Fraction(5, 4) * target)}
