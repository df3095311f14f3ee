"""Vectors of liquidation, bankruptcy, marks, throttle and queue."""

from ..model import account, bankruptcy, close, liquidation, margin, mark, queue, throttle, valuation
from ..model.exact import ONE, Refusal
from ..model.state import Throttle
from .margins import account_of, cash_for, doubtful, legs_given, tune_nav, values
from .history import doubt
from .registry import edge, transition
from .worlds import NOW, set_nav


def lone(worlds, source, name=None):
    """A position, its market and the rest of its account, under maintenance by any part of it."""
    market = worlds.market(source, name)
    position = worlds.position(source, market)
    if source.chance(20):
        tune_nav(source, market)
    newer = None
    if source.chance(30):
        doubt(source, market, NOW)
        newer = source.pick(None, None, source.beside(market.price.publish_time))
    seen = valuation.value(position, market, NOW, newer)
    at, closable = seen["leg"], seen["closable"]
    if at.size == 0:
        raise Refusal("NothingToClose")
    others = source.pick((0, 0), (0, 0), (source.whole(0, 2**40), source.whole(0, 2**40)))
    required = at.maintenance + others[1]
    charged = close.cost(market.risk, at) * at.notional // ONE
    wanted = source.pick(
        source.beside(required - 1), source.beside(charged), source.whole(1, max(1, required)),
        source.whole(1, max(1, required)), source.whole(1, max(1, required)),
    )
    cash = max(0, min(2**61, wanted - at.counted - others[0]))
    total = account.Health(cash, cash + others[0], others[1])
    total.add(at)
    given = {
        "market": market, "position": position, "cash": cash, "others": {"equity": others[0], "maintenance": others[1]},
        "now": NOW, "newer_than": newer,
    }
    return market, position, at, total, given, closable


@transition("close-size", 12)
def close_size(worlds, source):
    """The smallest size, from one atom under maintenance down to one charge above nothing."""
    while True:
        market, position, at, total, given, closable = lone(worlds, source)
        if total.equity >= total.maintenance or not closable:
            continue
        rises = market.risk.target * market.risk.maintenance_floor > close.cost(market.risk, at) * ONE
        if at.price >= 100 and (rises or at.size <= 2000):
            break
    risk, price = market.risk, at.price
    size = close.smallest(risk, total, at, price)
    case = "urgent" if close.is_urgent(risk, total, at) else "all" if size == at.size else "part"
    return case, given, lambda: {"size": close.close_size(risk, total, at, price)}


def _sol_close(worlds, source, lots, wanted, **bounds):
    """A SOL position whose equity is `wanted(leg, risk)`."""
    market = worlds.market(source, "p0", 150_000)
    market.risk.__dict__.update(bounds)
    position = worlds.position(source, market, lots, 150_000)
    set_nav(market, 10**13)
    at = margin.leg(position, market, 150_000)
    cash = max(0, wanted(at, market.risk) - at.counted)
    total = account.Health(cash, cash)
    total.add(at)
    given = {"market": market, "position": position, "cash": cash, "others": {"equity": 0, "maintenance": 0},
             "now": NOW, "newer_than": None}
    return given, lambda: {"size": close.close_size(market.risk, total, at, 150_000)}


CLOSES = {
    "floor-binds": (1_000_000, lambda at, risk: at.maintenance - 1, {"base": 1}),
    "cap-binds": (19_000_000, lambda at, risk: at.maintenance - 1, {"base": 2**31}),
    "quadratic": (19_000_000, lambda at, risk: at.maintenance * 2 // 3, {}),
    "one-charge-left": (1_000_000, lambda at, risk: risk.charge * at.notional // ONE, {}),
    "one-charge-and-an-atom-left": (1_000_000, lambda at, risk: risk.charge * at.notional // ONE + 1, {}),
    "minimum-position-would-remain": (120, lambda at, risk: at.maintenance - 1, {}),
    "minimum-step": (100_000, lambda at, risk: at.maintenance - 1, {"target": ONE}),
}
for _case, (_lots, _wanted, _bounds) in CLOSES.items():

    @edge("close-size", _case)
    def _closes(worlds, source, lots=_lots, wanted=_wanted, bounds=_bounds):
        return _sol_close(worlds, source, lots, wanted, **{k: v for k, v in bounds.items() if k == "base"})


@transition("payable-size", 2)
def payable_size(worlds, source):
    """Cash that pays exactly so many lots."""
    held = source.whole(1, 2**40)
    wanted = source.whole(1, held)
    loss = source.whole(1, 2**50)
    cash = source.pick(source.beside(-(-loss * wanted // held)), source.whole(0, 2 * loss), 0)
    pnl = source.pick(-loss, -loss, -loss, 0, loss)
    given = {"pnl": pnl, "cash": cash, "held": held, "wanted": wanted}
    return "random", given, lambda: {"size": close.payable_size(pnl, cash, held, wanted)}


@transition("step-size", 8)
def step_size(worlds, source):
    """A close size under the throttle."""
    while True:
        market, position, at, total, given, closable = lone(worlds, source)
        if total.equity >= total.maintenance or not closable:
            continue
        rises = market.risk.target * market.risk.maintenance_floor > close.cost(market.risk, at) * ONE
        if at.price >= 100 and (rises or at.size <= 2000):
            break
    risk, price = market.risk, at.price
    step = min(risk.minimum_step * price, risk.throttle_capacity)
    if source.chance(60):
        market.throttle = Throttle(
            min(risk.throttle_capacity, source.pick(source.beside(step), step * source.whole(1, 20))), NOW
        )
    return "random", given, lambda: {"size": liquidation.step_size(market, total, at, NOW)}


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
    total = source.pick(full, max(0, full - 1), source.whole(0, full), source.beside(risk.charge_treasury * notional // ONE))
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


@transition("mark", 10)
def marks(worlds, source):
    """Profits first, then losses in full or shared."""
    held = account_of(worlds, source)
    for _, market in held:
        if source.chance(50):
            set_nav(market, source.pick(0, -1, 10**14))
    losses = sum(max(0, -position.pnl(market.price.oracle)) for position, market in held)
    cash = source.pick(source.beside(losses), source.whole(0, max(1, losses)), cash_for(source, held))
    return "random", {"cash": min(cash, 2**62), "legs": legs_given(held)}, lambda: _mark(min(cash, 2**62), held)


def _mark(cash, held):
    cash, paid = mark.mark(cash, held)
    return {
        "cash": cash,
        "paid": paid,
        "legs": [{"position": position, "book": market.book} for position, market in held],
    }


def _two_losers(worlds, source, cash):
    """Two positions that lost 1,000,000 and 2,000,000 atoms."""
    held = []
    for loss in (1_000_000, 2_000_000):
        market = worlds.market(source, "p0", 150_000)
        position = worlds.position(source, market, 1_000, 150_000)
        extra = 150_000_000 + loss - position.cost
        position.cost += extra
        market.book.long.cost += extra
        held.append((position, market))
    return {"cash": cash, "legs": legs_given(held)}, lambda: _mark(cash, held)


MARKS = {
    "cash-exactly-enough": 3_000_000, "cash-one-short": 2_999_999, "no-cash": 0, "one-atom-for-two": 1,
    "cash-overflows": None,
}
for _case, _cash in MARKS.items():

    @edge("mark", _case)
    def _marks(worlds, source, cash=_cash):
        if cash is not None:
            return _two_losers(worlds, source, cash)
        market = worlds.market(source, "p0", 150_000)
        market.price.confidence, market.price.ema = 0, 150_000
        position = worlds.position(source, market, 1_000, 100_000)
        market.book.deficit = market.book.insurance_claim = 0
        set_nav(market, 10**13)
        held = [(position, market)]
        return {"cash": 2**64 - 1, "legs": legs_given(held)}, lambda: _mark(mark_overflow(2**64 - 1, held), held)


def mark_overflow(cash, held):
    """Cash that has no room for a profit."""
    mark.mark(cash, held)
    raise Refusal("Overflow")


@transition("share", 2)
def share(worlds, source):
    """Cash shared over losses in turn."""
    losses = [source.whole(0, 2**50) for _ in range(source.rng.randint(1, 8))]
    cash = source.pick(source.beside(sum(losses)), source.whole(0, max(1, sum(losses))), 0, 1)
    return "random", {"cash": cash, "losses": losses}, lambda: {"paid": mark.share(cash, losses)}


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
