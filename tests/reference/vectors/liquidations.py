"""Vectors of liquidation steps, bankruptcies, throttle and queue."""

from ..model import account, bankruptcy, liquidation, queue, throttle
from ..model.exact import ONE
from .accounts import account_of, doubtful, legs_given, values
from .closes import lone
from .registry import edge, transition
from .worlds import NOW


@transition("liquidate", 12)
def liquidate(worlds, source):
    """Any step on a solvent account, profit or loss, cash enough or not."""
    market, position, at, total, given, _ = lone(worlds, source)
    size = source.pick(at.size, source.whole(1, at.size))
    cash, equity = total.cash, source.pick(total.equity, total.equity, 0, 1)
    if at.pnl < 0 and source.chance(50):
        cash = source.beside(-(at.pnl * size // at.size))
    given = {"cash": cash, "position": position, "market": market, "equity": equity, "size": size, "price": at.price,
             "now": NOW}
    case = ("profit" if at.pnl > 0 else "loss") + ("-all" if size == at.size else "-part")
    return case, given, lambda: _step(cash, position, market, equity, size, at.price)


def _step(cash, position, market, equity, size, price):
    left, step = liquidation.close(cash, position, market, equity, size, price, NOW)
    return {
        "cash": left, "position": position, "book": market.book, "throttle": market.throttle, "step": step,
        "window": market.cascade, "multiple": market.risk.cascade_multiple,
    }


LIQUIDATIONS = {
    "charge-takes-last-cash": (10_000, 150_000, 3),
    "equity-below-charge": (10_000, 149_000, 10_000_000),
    "treasury-cannot-pay-profit": (10_000, 100_000, 1_000_000_000),
}
for _case, (_size, _entry, _cash) in LIQUIDATIONS.items():

    @edge("liquidate", _case)
    def _liquidations(worlds, source, size=_size, entry=_entry, cash=_cash):
        market = worlds.market(source, "p0", 150_000)
        position = worlds.position(source, market, size, entry)
        if cash > 10**8:
            market.book.treasury = 7
        given = {"cash": cash, "position": position, "market": market, "equity": 5, "size": size,
                 "price": 150_000, "now": NOW}
        return given, lambda: _step(cash, position, market, 5, size, 150_000)


@transition("charge", 2)
def charge(worlds, source):
    """How a charge is split, also when it is less than its parts."""
    name = worlds.name(source)
    risk = worlds.risks[name]
    notional = source.whole(0, 2**59)
    full = risk.charge * notional // ONE
    total = source.pick(
        full, max(0, full - 1), source.whole(0, full), source.beside(risk.charge_treasury * notional // ONE)
    )
    total = min(total, full)
    given = {"parameters": name, "total": total, "notional": notional}
    return "random", given, lambda: liquidation.split(risk, total, notional)


@transition("throttle", 3)
def bucket(worlds, source):
    """Refilling, taking and overdrawing."""
    market = worlds.market(source)
    risk, price = market.risk, market.price.oracle
    now = market.throttle.updated + source.pick(0, 1, source.whole(0, 10**6), source.whole(0, 2**40), -1)
    notional = source.pick(source.whole(0, 2**59), source.beside(risk.throttle_capacity, 0, 2**59))

    def act():
        full = throttle.refilled(risk, market.throttle, now)
        return {
            "refilled": full,
            "available": throttle.available(full),
            "allows": throttle.allows_step(risk, full, price),
            "taken": throttle.take(risk, full, notional),
        }

    return "random", {"market": market, "now": now, "notional": notional, "price": price}, act


@transition("bankruptcy", 10)
def bankrupt(worlds, source):
    """Accounts at or below zero equity, with winners and losers."""
    held = account_of(worlds, source)
    newer = doubtful(source, held)
    total = account.health(0, values(held, newer))
    for _ in range(3):
        if total.equity <= 0:
            break
        held = [(position, market) for position, market in held if position.pnl(market.price.oracle) < 0] or held[:1]
        total = account.health(0, values(held, newer))
    if total.equity > 0:
        cash, case = 1, "solvent"
        held = [(position, market) for position, market in held if position.pnl(market.price.oracle) <= 0] or held
        for position, market in held:
            gain = max(0, position.pnl(market.price.oracle))
            market.book.treasury = max(market.book.treasury, gain)
    else:
        cash, case = source.pick(0, -total.equity, source.whole(0, -total.equity)), f"{len(held)}-legs"
    given = {"cash": cash, "legs": legs_given(held), "now": NOW, "newer_than": newer}
    return case, given, lambda: _bankrupt(cash, held, newer)


def _bankrupt(cash, held, newer):
    left, report = bankruptcy.close_bankrupt(cash, held, NOW, newer)
    legs = [
        {
            "report": entry, "position": position, "book": market.book, "throttle": market.throttle,
            "window": market.cascade, "multiple": market.risk.cascade_multiple,
        }
        for entry, (position, market) in zip(report, held, strict=True)
    ]
    return {"cash": left, "legs": legs}


@transition("first", 4)
def first(worlds, source):
    """Keys beside tolerance, entries that do not count."""
    name = worlds.name(source)
    risk = worlds.risks[name]
    slot = 1_000_000
    largest = source.whole(1, 2**60)
    entries = []
    for number in range(source.rng.randint(1, 6)):
        key = source.pick(largest, source.whole(1, largest), source.beside(risk.tolerance * largest // ONE))
        entries.append({
            "key": max(1, key),
            "first_slot": source.pick(slot - 1, slot - source.whole(0, 100), slot),
            "refreshed": source.pick(NOW, source.beside(NOW - risk.entry_ttl)),
            "urgent": source.chance(30),
        })
        del number
    own = source.rng.randrange(len(entries))
    key = source.pick(source.beside(-(-risk.tolerance * largest // ONE)), source.whole(1, largest), entries[own]["key"])
    now = {"slot": slot, "time": NOW, "has_capacity": source.chance(70)}
    given = {"parameters": name, "entries": entries, "own": own, "key": key, "now": now}

    def act():
        place = queue.ahead(risk, entries, own, key, now)
        return {"ahead": None if place is None else entries[place]["key"]}

    return "random", given, act
