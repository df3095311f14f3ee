"""Vectors of a leg's margin."""

from ..model import margin
from ..model.state import Position
from .registry import edge, transition
from .worlds import set_nav


def tune_nav(source, market):
    """Puts net asset value at zero, beside it, or well below; now and then a settlement is looked at, or under way."""
    if source.chance(6):
        market.book.withheld = True
        market.status = source.pick(0, 0, 3)
        market.settlement.price = market.price.oracle
    if source.chance(50):
        set_nav(
            market, source.pick(-2, -1, 0, 1, -source.whole(0, 2**40), -market.book.deficit, -market.book.deficit - 1)
        )


@transition("leg", 12)
def leg(worlds, source):
    """A leg for maintenance; net asset value is often beside zero."""
    market = worlds.market(source)
    position = worlds.position(source, market)
    tune_nav(source, market)
    price = source.pick(market.price.oracle, market.price.oracle, worlds.price(source, market.risk))
    case = "gain" if position.pnl(price) > 0 else "loss"
    return case, {"market": market, "position": position, "price": price}, lambda: margin.leg(position, market, price)


@edge("leg", "claim-without-lots")
def leg_claim(worlds, source):
    """A claim counts as a profit and requires nothing."""
    market = worlds.market(source, "p0")
    position = worlds.claim(source, market, 1_000_000, True)
    price = market.price.oracle
    return {"market": market, "position": position, "price": price}, lambda: margin.leg(position, market, price)


@edge("leg", "nothing-collectable")
def leg_nothing(worlds, source):
    """More is missing than all claims come to."""
    market = worlds.market(source, "p0", 150_000)
    position = worlds.position(source, market, 1_000, 100_000)
    market.book.deficit = 0
    market.book.insurance_claim = 2**58
    market.book.treasury = 0
    return {"market": market, "position": position, "price": 150_000}, lambda: margin.leg(position, market, 150_000)


@edge("leg", "overflow")
def leg_overflow(worlds, source):
    """A notional that does not fit."""
    market = worlds.market(source, "p0")
    position = Position(2**62, 0)
    return {"market": market, "position": position, "price": 8}, lambda: margin.leg(position, market, 8)


@transition("initial-leg", 10)
def initial_leg(worlds, source):
    """A leg for initial margin: average apart, confidence, weight and cap."""
    market = worlds.market(source)
    position = worlds.position(source, market)
    tune_nav(source, market)
    return "random", {"market": market, "position": position}, lambda: _initial(position, market)


def _initial(position, market):
    counted, required = margin.initial_leg(position, market, market.book, market.price)
    return {"counted": counted, "requirement": required}


@edge("initial-leg", "profit-cap-exactly")
def initial_cap(worlds, source):
    """A profit that weight and cap just pass."""
    market = worlds.market(source, "p0", 150_000)
    position = worlds.position(source, market, 10_000_000, 50_000)
    position.cost = 10_000_000 * 50_000
    market.price.ema, market.price.confidence = 150_000, 0
    return {"market": market, "position": position}, lambda: _initial(position, market)


@transition("maintenance", 3)
def maintenance(worlds, source):
    """Notionals around where floor and cap begin."""
    market = worlds.market(source)
    risk = market.risk
    bends = [(bound - risk.base) * 2**62 // risk.impact for bound in (risk.maintenance_floor, risk.maintenance_cap)]
    notional = source.pick(*[source.beside(max(0, min(2**59, bend))) for bend in bends], source.whole(0, 2**59))

    def act():
        return {"ratio": margin.ratio(risk, notional), "maintenance": margin.maintenance(risk, notional)}

    return "random", {"market": market, "notional": notional}, act
