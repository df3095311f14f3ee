"""Vectors of protection, and of the fee for firing."""

from ..model import protection
from ..model.exact import ONE, mulc
from ..model.margin import leg
from .registry import edge, transition
from .worlds import NOW, set_nav


def given(account, position, market):
    """A call of the model, and its input."""
    shown = account | {"position": position, "market": market, "now": NOW}
    return shown, lambda: protection.protect(account, position, market, NOW)


@transition("protect", 6)
def protect(worlds, source):
    """Accounts around maintenance and their level, in markets that can pay or nearly cannot."""
    market = worlds.market(source)
    market.status = source.pick(0, 0, 0, 0, 0, 0, 1, 2)
    market.price.publish_time = NOW - source.pick(0, 0, 0, 0, source.beside(market.risk.max_price_age))
    position = worlds.position(source, market)
    if source.chance(70):
        set_nav(market, source.pick(0, 2**50))
        market.book.withheld = False
    level = source.pick(source.whole(ONE + 1, protection.MAX_LEVEL), protection.MAX_LEVEL, 3 * ONE // 2, 0)
    seen = leg(position, market, market.price.oracle)
    bound = mulc(min(level, market.risk.initial_multiple), seen.maintenance)
    wanted = source.pick(source.beside(seen.maintenance), source.beside(bound), source.whole(seen.maintenance, bound),
                         source.whole(seen.maintenance, bound), source.whole(seen.maintenance, bound))
    cash = max(0, min(2**60, wanted - seen.counted))
    account = {"cash": cash, "level": level, "flagged": source.chance(4), "waiting": source.chance(4)}
    return ("random", *given(account, position, market))


def _long(worlds, source, times):
    """A long of 100 SOL in a plain market, with equity of so many times maintenance."""
    market = worlds.market(source, "p0", 150_000)
    market.price.publish_time = NOW
    market.status, market.book.withheld = 0, False
    position = worlds.position(source, market, 100_000, 150_000)
    set_nav(market, 2**50)
    seen = leg(position, market, market.price.oracle)
    cash = max(0, int(seen.maintenance * times) - seen.counted)
    return {"cash": cash, "level": 3 * ONE // 2, "flagged": False, "waiting": False}, position, market


@edge("protect", "between-maintenance-and-level")
def between(worlds, source):
    """It is due."""
    return given(*_long(worlds, source, 1.2))


@edge("protect", "under-maintenance")
def under(worlds, source):
    """Then it is liquidated instead."""
    return given(*_long(worlds, source, 0.9))


@transition("pay-firing", 1)
def pay_firing(worlds, source):
    """Odd and even fees."""
    fee = source.whole(0, 2**50)
    order = {"fee": fee, "execution_fee": min(fee, source.pick(0, 1, 2, 3, source.whole(0, fee)))}
    keeper = source.chance(70)
    return "random", {"order": order, "keeper": keeper}, lambda: protection.pay_firing(order, keeper)
