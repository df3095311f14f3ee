"""Vectors of orders and fills."""

from copy import deepcopy

from ..model import fill, margin, orders
from ..model.exact import Refusal, mulc
from ..model.nav import nav
from ..model.state import Position, Price, Side
from .registry import edge, transition
from .worlds import NOW, set_nav


def try_fill(cash, rest, position, market, order, update):
    """A fill's report; nothing that was given changes."""
    return fill.fill(cash, rest, position, market, order, update)


def given_fill(cash, rest, position, market, order, update):
    """A fill's input."""
    return {"cash": cash, "rest": rest, "position": position, "market": market, "order": order, "update": update}


NO_REST = {"equity": 0, "maintenance": 0, "initial_equity": 0, "initial_requirement": 0}


def order_of(source, market, held):
    """An order: opens, grows, shrinks, closes exactly or crosses zero."""
    risk = market.risk
    size = source.pick(source.whole(1, risk.position_cap), source.beside(risk.minimum_position, 1))
    away = -1 if held > 0 else 1
    kind = source.rng.randrange(6)
    if held == 0 or kind == 0:
        lots = source.pick(size, -size)
    elif kind == 1:
        lots = -away * source.beside(max(1, risk.position_cap - abs(held)), 1)
    elif kind == 2:
        lots = away * abs(held)
    elif kind == 3:
        lots = away * source.whole(1, abs(held))
    elif kind == 4:
        lots = away * max(1, source.beside(abs(held) - risk.minimum_position, 1))
    else:
        lots = away * (abs(held) + size)
    return {"lots": lots, "limit": 2**62 // max(1, abs(lots)) if lots > 0 else 0, "reduce_only": source.chance(15)}


def tight_limit(source, order, report):
    """A limit that the fill just meets, or just misses."""
    lots, cost = report["lots"], report["cost"]
    if lots > 0:
        order["limit"] = source.beside(-(-cost // lots))
    else:
        order["limit"] = source.beside(max(0, -cost // -lots))


@transition("fill", 16)
def fills(worlds, source):
    """Fills whose cash, treasury or limit is just enough, or an atom short."""
    market = worlds.market(source)
    market.status = source.pick(0, 0, 0, 0, 0, 0, 0, 1, 2)
    if market.price.oracle < 1000 and source.chance(80):
        market = worlds.market(source, "p0", 150_000)
    position = worlds.position(source, market) if source.chance(70) else Position()
    if source.chance(8):
        position = worlds.claim(source, market, source.whole(1, 2**40), source.chance(50))
    order = order_of(source, market, position.lots)
    update = market.price
    if source.chance(40):
        oracle = max(1, min(market.risk.max_price, source.about(market.price.oracle, 2)))
        update = Price(oracle, source.pick(0, oracle // 1000), oracle, NOW, NOW - 1)
    rest = NO_REST
    if source.chance(30):
        rest = {"equity": source.rng.randint(-(2**40), 2**42), "maintenance": source.whole(0, 2**40),
                "initial_equity": source.rng.randint(-(2**40), 2**42), "initial_requirement": source.whole(0, 2**41)}
    if source.chance(60):
        market.book.deficit = market.book.insurance_claim = 0
        market.book.treasury = 2**58
    cash = source.pick(2**58, source.whole(0, 2**50))
    cash, case = _tune(source, cash, rest, position, market, order, update)
    given = given_fill(cash, rest, position, market, order, update)
    return case, given, lambda: try_fill(cash, rest, position, market, order, update)


def _tune(source, cash, rest, position, market, order, update):
    """Looks at a generous fill and puts one condition at its boundary."""
    try:
        report = try_fill(2**60, rest, position, market, order, update)
    except Refusal:
        return cash, "random"
    kind, after = source.rng.randrange(7), report["position"]
    if kind == 0:
        tight_limit(source, order, report)
        return 2**60, "limit"
    if kind == 1 and not after.empty:
        grown = deepcopy(market)
        grown.book = report["book"]
        counted, required = margin.initial_leg(after, grown, grown.book, market.price)
        spent = report["settled"]
        wanted = required + rest["initial_requirement"] - counted - rest["initial_equity"] - spent
        return max(0, min(2**60, source.beside(max(0, wanted)))), "initial-margin"
    if kind == 2 and not after.empty:
        counted = margin.leg(after, market, market.price.oracle).counted
        return max(0, min(2**60, source.beside(max(0, -counted - rest["equity"] - report["settled"])))), "no-equity"
    if kind == 3 and report["settled"] < 0:
        return source.beside(-report["settled"]), "loss-is-cash"
    if kind == 4:
        book = report["book"]
        price = market.price.oracle
        need = fill.coverage(market.risk, book, price) - nav(book, market.risk, price)
        market.book.treasury = max(0, min(2**60, source.beside(max(0, market.book.treasury + need))))
        return 2**60, "coverage"
    if kind == 5 and fill.adds_risk(position.lots, report["lots"]):
        room = market.risk.side_cap - report["book"].side(after.long).lots
        side = market.book.side(after.long)
        side.lots32 = max(0, side.lots32 + (room + source.pick(-1, 0, 1)) * 2**32)
        return 2**60, "side-cap"
    if kind == 6 and not after.empty and not position.empty:
        grown = deepcopy(market)
        grown.book = report["book"]
        before, later = (margin.leg(*pair, market.price.oracle) for pair in ((position, market), (after, grown)))
        old, new = before.maintenance + rest["maintenance"], later.maintenance + rest["maintenance"]
        lost = (before.counted + rest["equity"]) * new - (later.counted + rest["equity"]) * old
        if old > new:
            return max(0, min(2**60, source.beside(max(0, -(-lost // (old - new)))))), "health"
    return cash, "random"


def _sol_fill(worlds, source, held, lots, **changes):
    """A fill in a plain SOL market at $150: an empty book but for the position, and $20M of liquidity."""
    market = worlds.market(source, "p0", 150_000)
    market.risk.__dict__.update(vars(worlds.risks["p0"]))
    market.book.long, market.book.short = Side(), Side()
    market.book.deficit = market.book.insurance_claim = 0
    market.price = Price(150_000, 0, 150_000, NOW, NOW - 1)
    position = worlds.position(source, market, held, changes.get("entry", 150_000)) if held else Position()
    if held:
        change = held * changes.get("entry", 150_000) - position.cost
        position.cost += change
        market.book.side(held > 0).cost += change
    set_nav(market, changes.get("nav", 20_000_000_000_000))
    market.status = changes.get("status", 0)
    order = {"lots": lots, "limit": changes.get("limit", 2**30 if lots > 0 else 0),
             "reduce_only": changes.get("reduce_only", False)}
    cash = changes.get("cash", 10**12)
    given = given_fill(cash, NO_REST, position, market, order, market.price)
    return given, lambda: try_fill(cash, NO_REST, position, market, order, market.price)


FILLS = {
    "opens": (0, 1_000, {}),
    "crosses-zero": (1_000, -3_000, {}),
    "crosses-zero-with-loss": (1_000, -3_000, {"entry": 160_000}),
    "closes-exactly": (1_000, -1_000, {}),
    "closes-with-more-loss-than-cash": (1_000, -1_000, {"entry": 160_000, "cash": 5_000_000}),
    "reduce-only-is-cut": (1_000, -5_000, {"reduce_only": True}),
    "reduce-only-with-nothing": (0, 1_000, {"reduce_only": True}),
    "reduce-only-grows": (1_000, 1_000, {"reduce_only": True}),
    "below-minimum-position": (0, 99, {}),
    "minimum-position": (0, 100, {}),
    "leaves-less-than-a-minimum": (1_000, -901, {}),
    "position-cap": (0, 20_000_000, {"cash": 2**58, "nav": 2**58}),
    "above-position-cap": (0, 20_000_001, {"cash": 2**58, "nav": 2**58}),
    "limit-is-the-price": (0, -1_000, {"limit": 150_000}),
    "reduce-only-market": (0, 1_000, {"status": 1}),
    "reduces-in-reduce-only-market": (1_000, -500, {"status": 1}),
    "halted": (1_000, -500, {"status": 2}),
    "claim-remains": (1_000, -3_000, {"entry": 100_000, "nav": -10_000_000}),
}
for _case, (_held, _lots, _changes) in FILLS.items():

    @edge("fill", _case)
    def _fills(worlds, source, held=_held, lots=_lots, changes=_changes):
        return _sol_fill(worlds, source, held, lots, **changes)


@transition("place", 4)
def place(worlds, source):
    """Cash that pays the fee exactly, or does not."""
    market = worlds.market(source)
    market.status = source.pick(0, 0, 0, 0, 1, 2)
    market.price.publish_time = NOW + source.pick(-1, 0, 1)
    size = source.whole(0, market.risk.position_cap)
    fee = mulc(market.risk.fee, size * market.price.oracle) + market.risk.execution_fee
    cash = source.pick(source.beside(fee), source.whole(0, 2**60))
    request = {"lots": source.pick(size, -size), "limit": market.price.oracle, "reduce_only": source.chance(30)}
    request["trigger"] = None
    if source.chance(30):
        request["trigger"] = {"price": source.pick(0, 1, market.price.oracle), "above": source.chance(50)}

    def act():
        left, order = orders.place(cash, market, request, NOW)
        return {"cash": left} | order

    return "random", {"cash": cash, "market": market, "request": request, "now": NOW}, act


@transition("fire", 3)
def fire(worlds, source):
    """Updates at the trigger, beside the order's time and the age limit."""
    market = worlds.market(source)
    market.status = source.pick(0, 0, 0, 0, 1, 2)
    risk, price = market.risk, market.price.oracle
    published = source.pick(NOW, source.beside(NOW + risk.clock_lag), source.beside(NOW - risk.max_price_age))
    update = Price(price, 0, price, published, published - 1)
    placed_at = published - source.pick(-1, 0, 1, 1, 1, 100)
    trigger = {"price": source.pick(source.beside(price), source.beside(price), 0), "above": source.chance(50)}
    order = {"placed_at": placed_at, "trigger": trigger}
    given = {"market": market, "order": order, "update": update, "now": NOW}
    return "random", given, lambda: orders.fire(market, order, update, NOW)


@transition("stage", 2)
def stage(worlds, source):
    """Times around each change of stage."""
    name = worlds.name(source)
    risk = worlds.risks[name]
    executes = NOW + risk.order_delay
    now = source.pick(
        source.beside(executes - risk.clock_lag), source.beside(executes + 2 * risk.order_window), source.beside(
            executes
        )
    )
    given = {"parameters": name, "placed_at": NOW, "now": now}
    return "random", given, lambda: {"stage": orders.stage(risk, NOW, now)}


@transition("update", 2)
def update(worlds, source):
    """Updates around the one that executes an order."""
    name = worlds.name(source)
    risk = worlds.risks[name]
    executes = NOW + risk.order_delay
    published = source.pick(source.beside(executes), source.beside(executes + risk.order_window))
    price = Price(100, 0, 100, published, source.pick(source.beside(executes - 1), published - 1))
    given = {"parameters": name, "placed_at": NOW, "update": price}
    return "random", given, lambda: orders.require_update(risk, NOW, price) or {}


@transition("size-against", 1)
def size_against(worlds, source):
    """Orders against what is held."""
    held = source.pick(0, source.rng.randint(-(2**40), 2**40))
    lots = source.pick(-held, source.beside(-held, -(2**41)), source.rng.randint(-(2**41), 2**41)) or 1
    order = {"lots": lots, "limit": 1, "reduce_only": source.chance(70)}
    return "random", {"order": order, "held": held}, lambda: {"lots": orders.size_against(order, held)}


@transition("fee", 1)
def fee(worlds, source):
    """An ended order's fee."""
    total = source.whole(0, 2**50)
    order = {"fee": total, "execution_fee": source.pick(source.beside(total), source.whole(0, total))}
    order["execution_fee"] = min(order["execution_fee"], total)
    executor = source.chance(50)

    def act():
        part, treasury = orders.split_fee(order, executor)
        return {"executor": part, "treasury": treasury}

    return "random", {"order": order, "executor": executor}, act
