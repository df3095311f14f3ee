"""Vectors of what an account does."""

from dataclasses import replace

from ..model import actions
from ..model.exact import mulc
from ..model.state import Position
from .registry import transition
from .trades import NO_REST, order_of
from .worlds import NOW


def initial_for(source, spent):
    """Initial margin that is just met after so much is spent, or is not."""
    requirement = source.whole(0, 2**55)
    equity = source.pick(source.beside(requirement + spent), source.rng.randint(-(2**40), 2**58))
    return {"equity": equity, "requirement": requirement}


@transition("withdraw", 2)
def withdraw(worlds, source):
    """All that is free, an atom more, and all cash."""
    cash = source.whole(0, 2**58)
    amount = source.pick(source.whole(0, cash), source.beside(cash))
    initial, flagged = initial_for(source, amount), source.chance(10)
    given = {"cash": cash, "initial": initial, "amount": amount, "flagged": flagged}
    return "random", given, lambda: actions.withdraw(cash, initial, amount, flagged)


@transition("place-order", 3)
def place_order(worlds, source):
    """Orders that add risk, reduce, cross zero; beside another, flagged, and with margin that is just enough."""
    market = worlds.market(source)
    market.status = source.pick(0, 0, 0, 0, 0, 1, 2)
    market.price.publish_time = NOW - source.pick(0, 1)
    most = market.risk.position_cap
    held = source.pick(0, source.whole(1, most), -source.whole(1, most))
    lots = source.pick(-held, source.beside(-held, -most, most), source.rng.randint(-most, most))
    request = {"lots": lots, "limit": market.price.oracle, "reduce_only": source.chance(25), "trigger": None}
    if source.chance(20):
        request["trigger"] = {"price": market.price.oracle, "above": source.chance(50)}
    fee = mulc(market.risk.fee, abs(lots) * market.price.oracle) + market.risk.execution_fee
    cash = source.pick(2**58, source.beside(fee))
    holder = {"held": held, "waiting": source.chance(25), "flagged": source.chance(15)}
    initial = initial_for(source, fee)
    given = {
        "cash": cash, "initial": initial, "market": market, "holder": holder, "request": request, "now": NOW,
    }
    return "random", given, lambda: actions.place_order(cash, initial, market, holder, request, NOW)


@transition("cancel", 2)
def cancel(worlds, source):
    """Before, at and after the time from which an order binds, and after it expired."""
    market = worlds.market(source)
    if source.chance(20):
        market.status, market.settlement.price = source.pick(3, 4), market.price.oracle
    risk = market.risk
    executes = risk.order_delay
    age = source.pick(
        source.beside(executes - risk.clock_lag, 0), source.beside(executes + 2 * risk.order_window, 0), 0, 10**4
    )
    fee = source.whole(0, 2**45)
    order = {"placed_at": NOW - age, "fee": fee, "execution_fee": source.whole(0, fee)}
    cash, owner = source.whole(0, 2**58), source.chance(70)
    given = {"cash": cash, "market": market, "order": order, "owner": owner, "now": NOW}

    def act():
        left, stage = actions.cancel(cash, market, order, owner, NOW)
        return {"cash": left, "stage": stage, "treasury": market.book.treasury}

    return "random", given, act


@transition("execute", 4)
def execute(worlds, source):
    """Orders at their update and at others, until they expire, by flagged accounts, with a fill that may fail."""
    market = worlds.market(source)
    if market.price.oracle < 1000:
        market = worlds.market(source, "p0", 150_000)
    risk = market.risk
    market.book.treasury = 2**58
    position = worlds.position(source, market) if source.chance(70) else Position()
    order = order_of(source, market, position.lots)
    executes = NOW - source.pick(
        0, 0, risk.order_window, source.beside(2 * risk.order_window, 0, 2 * risk.order_window)
    )
    order["placed_at"] = executes - risk.order_delay
    published = source.pick(executes, executes, source.beside(executes + risk.order_window))
    update = replace(
        market.price, publish_time=published, previous_publish_time=source.beside(executes - 1, 0, published)
    )
    market.price.publish_time = NOW - source.pick(0, 0, 0, source.beside(risk.max_price_age, 0))
    if source.chance(5):
        market.status, market.settlement.price = source.pick(3, 4), market.price.oracle
    taker = {
        "cash": source.pick(2**58, 2**58, source.whole(0, 2**50)), "position": position, "flagged": source.chance(15)
    }
    given = {"taker": taker, "rest": NO_REST, "market": market, "order": order, "update": update, "now": NOW}
    return "random", given, lambda: actions.execute(taker, NO_REST, market, order, update, NOW)
