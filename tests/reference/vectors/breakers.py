"""Vectors of breakers."""

from ..model import breakers
from ..model.exact import ONE
from .history import doubt
from .registry import edge, transition
from .worlds import NOW


def state_of(source):
    """Some are tripped, and of these some calm for just long enough, or not."""
    state = breakers.Breakers(source.whole(0, 63))
    for place in range(len(breakers.REASONS)):
        if state.tripped & 2**place:
            state.calm_since[place] = source.pick(0, source.beside(NOW - breakers.CALM), NOW)
    return state


def _look(market, state, shared):
    given = {"market": market, "breakers": state, "shared": shared, "now": NOW}

    def act():
        after = breakers.looked(state, breakers.conditions(market, NOW), NOW)
        return {"breakers": breakers.looked(after, breakers.insurance(market, shared), NOW)}

    return given, act


@transition("look-breakers", 4)
def look(worlds, source):
    """Every condition at one of its levels, or beside it."""
    market = worlds.market(source)
    doubt(source, market, NOW)
    risk, book, price = market.risk, market.book, market.price
    band = risk.ema_band * price.oracle // ONE
    away = source.pick(0, band, band * 3 // 4, source.whole(0, 2 * band + 1))
    price.ema, price.oracle = price.oracle, max(1, price.oracle + source.pick(away, -away) + source.pick(-1, 0, 1))
    price.oracle = min(risk.max_price, price.oracle)
    for side, cap in ((book.long, risk.side_cap), (book.short, risk.side_cap)):
        if source.chance(40):
            side.lots32 = source.pick(source.beside(cap), source.beside(cap * 9 // 10)) * ONE
    if source.chance(50):
        wanted = source.pick(source.beside(risk.skew_cap), source.beside(risk.skew_cap * 9 // 10))
        low, high = source.pick((book.long, book.short), (book.short, book.long))
        low.lots32, high.lots32 = 0, wanted * ONE
    excess = risk.cascade_limit - ONE
    risk.cascade_multiple = max(
        ONE, source.pick(ONE, source.beside(risk.cascade_limit), source.beside(ONE + excess * 3 // 4))
    )
    target = risk.insurance_target
    held = source.pick(source.beside(target, 0), source.beside(target * 5 // 4, 0), source.whole(0, 2**47))
    market.insurance_own = source.pick(0, held // 3)
    return "random", *_look(market, state_of(source), held - market.insurance_own)


@edge("look-breakers", "nothing-trips")
def nothing(worlds, source):
    """Nothing is tripped and nothing trips in a plain market."""
    market = worlds.market(source, "p0", 150_000)
    return _look(market, breakers.Breakers(), 0)
