"""Vectors of sizing and the liquidation price."""

from ..model import quotes
from .margins import tune_nav
from .registry import edge, transition
from .worlds import NOW


@transition("size-for-risk", 5)
def size(worlds, source):
    """Risks that a size loses exactly, or an atom less."""
    market = worlds.market(source)
    price, risk = market.price.oracle, market.risk
    market.price.publish_time = NOW
    stop = max(
        1, min(risk.max_price, source.pick(source.beside(price, 1), source.about(price, 5), source.about(price)))
    )
    if stop == price:
        stop = price + 1
    long = stop < price
    room = min(risk.position_cap, risk.side_cap - market.book.side(long).lots)
    lots = source.pick(source.whole(1, max(1, room)), risk.minimum_position, room)
    amount = source.pick(source.beside(quotes.loss_at(market, lots, long, stop)), source.whole(0, 2**50))
    given = {"market": market, "risk": amount, "stop": stop, "now": NOW}
    return "long" if long else "short", given, lambda: quotes.size_for_risk(market, amount, stop, NOW)


@edge("size-for-risk", "risk-of-fees-alone")
def size_fees(worlds, source):
    """A risk that two execution fees use up."""
    market = worlds.market(source, "p0", 150_000)
    market.price.publish_time = NOW
    given = {"market": market, "risk": 40_000, "stop": 140_000, "now": NOW}
    return given, lambda: quotes.size_for_risk(market, 40_000, 140_000, NOW)


@transition("liquidation-price", 4)
def liquidation_price(worlds, source):
    """Accounts that any move liquidates, and some that none does."""
    market = worlds.market(source)
    position = worlds.position(source, market)
    tune_nav(source, market)
    market.status = 0
    equity, required = source.rng.randint(-(2**40), 2**42), source.whole(0, 2**40)
    others = {"equity": source.pick(0, equity), "maintenance": source.pick(0, required)}
    at = quotes.leg(position, market, market.price.oracle)
    wanted = at.maintenance + others["maintenance"] - others["equity"] - at.counted
    room = source.pick(0, -1, source.whole(0, max(1, at.notional // 3)), source.whole(0, 2 * at.notional + 1))
    cash = max(0, min(2**60, wanted + room))
    given = {"market": market, "position": position, "cash": cash, "others": others}
    return "random", given, lambda: {"price": quotes.liquidation_price(cash, others, position, market)}
