"""Vectors of the book, margin, accounts and the priority key."""

from ..model import account, key, legs, margin, nav, valuation
from ..model.exact import ONE, u64
from ..model.state import Position, settle, trade
from ..model.touch import touch
from .history import doubt
from .registry import edge, transition
from .worlds import NOW, set_nav

HALF = 2**62


@transition("nav", 5)
def net_asset_value(worlds, source):
    """Any book."""
    market = worlds.market(source)
    price = source.pick(market.price.oracle, worlds.price(source, market.risk))
    return "random", {"market": market, "price": price}, lambda: _nav(market, price)


def _nav(market, price):
    book, risk = market.book, market.risk
    return {
        "nav": nav.nav(book, risk, price),
        "premium": nav.premium(risk, book.skew, price),
        "long": nav.claims(book, True, price),
        "short": nav.claims(book, False, price),
        "skew": book.skew,
    }


@edge("nav", "empty")
def nav_empty(worlds, source):
    """Nobody holds anything."""
    market = worlds.market(source, "p0")
    market.book.long.__dict__.update(lots32=0, cost=0, attached=0, sized=0)
    market.book.short.__dict__.update(lots32=0, cost=0, attached=0, sized=0)
    return {"market": market, "price": 150_000}, lambda: _nav(market, 150_000)


@edge("nav", "fullest-skew-at-largest-price")
def nav_largest(worlds, source):
    """The largest premium there can be."""
    market = worlds.market(source, "p0")
    market.book.long.__dict__.update(lots32=market.risk.side_cap * ONE, cost=0)
    market.book.short.__dict__.update(lots32=0, cost=0, attached=0, sized=0)
    price = market.risk.max_price
    return {"market": market, "price": price}, lambda: _nav(market, price)


@edge("nav", "claims-overflow")
def nav_overflow(worlds, source):
    """A price and a side whose product does not fit."""
    market = worlds.market(source, "p0")
    market.book.long.__dict__.update(lots32=2**40 * ONE, cost=0)
    return {"market": market, "price": 2**40}, lambda: _nav(market, 2**40)


@transition("trade", 4)
def novate(worlds, source):
    """Opens, grows, shrinks and closes."""
    market = worlds.market(source)
    position = worlds.position(source, market) if source.chance(80) else Position()
    touch(market.book, position, market.price.oracle)
    size = source.whole(1, market.risk.position_cap)
    if position.lots and source.chance(60):
        lots = -min(size, position.size) if position.lots > 0 else min(size, position.size)
        lots = source.pick(lots, -position.lots)
    else:
        lots = size if (position.long if not position.empty else source.chance(50)) else -size
    cost = lots * source.about(market.price.oracle) + source.whole(0, 5)
    given = {"book": market.book, "position": position, "lots": lots, "cost": cost}

    def act():
        trade(market.book, position, lots, cost)
        return {"book": market.book, "position": position}

    return "random", given, act


@transition("pay", 2)
def pay(worlds, source):
    """Treasury and position, either way; the treasury never goes below zero."""
    market = worlds.market(source)
    position = worlds.position(source, market)
    touch(market.book, position, market.price.oracle)
    treasury = market.book.treasury
    paid = source.pick(source.beside(treasury), -source.whole(0, 2**50), source.whole(0, 2**50))
    given = {"book": market.book, "position": position, "paid": paid}

    def act():
        settle(market.book, position, paid)
        return {"book": market.book, "position": position}

    return "random", given, act


def tune_nav(source, market):
    """Puts net asset value at zero, beside it, or well below; now and then a settlement is looked at, or under way."""
    if source.chance(6):
        market.book.withheld = True
        market.status = source.pick(0, 0, 3)
        market.settlement.price = market.price.oracle
    if source.chance(50):
        set_nav(market, source.pick(-2, -1, 0, 1, -source.whole(0, 2**40), -market.book.deficit, -market.book.deficit - 1))


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


@transition("key", 8)
def priority(worlds, source):
    """Equity from far below zero to far above the largest stress, many legs with hedges."""
    name = worlds.name(source)
    drift = worlds.risks[name].key_drift
    count = source.pick(0, 1, 1, 1, 2, 2, 3, 8)
    stresses = [source.pick(1, -1) * source.whole(0, 2**source.rng.randint(1, 58)) for _ in range(count)]
    total = max(1, key.stress_of(stresses))
    maintenance = source.whole(0, 2**59)
    around = source.pick(0, drift * total // ONE, 2 * total + drift * total // ONE, total)
    equity = source.pick(source.beside(around), source.rng.randint(-2 * total, 3 * total), maintenance, -maintenance)
    return "random", *_key(stresses, drift, equity, maintenance)


def _key(stresses, drift, equity, maintenance):
    given = {"stresses": stresses, "drift": drift, "equity": equity, "maintenance": maintenance}

    def act():
        total = key.stress_of(stresses)
        return {"stress": total, "key": key.cost_of_waiting(total, drift, equity, maintenance)}

    return given, act


KEYS = {
    "nothing-at-stake": ([], 1 << 30, -5, 2**20),
    "at-zero-equity": ([2**32], 1503238554, 0, 2**30),
    "at-the-drift": ([2**32], 1503238554, 1503238554, 2**32),
    "end-of-table": ([2**32], 1503238554, 1503238554 + 2**33, 2**34),
    "perfect-hedge": ([2**32, -(2**32)], 1503238554, 7, 2**31),
    "deep-below": ([2**20], 1503238554, -(2**59), 2**20),
}
for _case, _given in KEYS.items():

    @edge("key", _case)
    def _priority(worlds, source, given=_given):
        return _key(*given)


def account_of(worlds, source, most=8):
    """Cash and legs, each in a market of its own."""
    count = source.pick(1, 1, 2, 2, 3, source.rng.randint(1, most))
    held = []
    for _ in range(count):
        market = worlds.market(source)
        if source.chance(90):
            held.append((worlds.position(source, market), market))
        else:
            held.append((worlds.claim(source, market, source.whole(1, 2**30), source.chance(50)), market))
        if source.chance(20):
            tune_nav(source, market)
    return held


def legs_given(held):
    """Legs as vectors have them."""
    return [{"position": position, "market": market} for position, market in held]


def values(held, newer=None):
    """The legs as they are valued."""
    return [valuation.value(position, market, NOW, newer)["leg"] for position, market in held]


def doubtful(source, held):
    """Some prices go missing; gives the time before which prices count as stale, if any."""
    for _, market in held:
        if source.chance(25):
            doubt(source, market, NOW)
    return source.pick(None, None, None, source.beside(held[0][1].price.publish_time))


def cash_for(source, held, newer=None):
    """Cash that puts equity at maintenance, zero or somewhere between, or beside any of them."""
    at = values(held, newer)
    counted, required = sum(leg.counted for leg in at), sum(leg.maintenance for leg in at)
    target = source.pick(0, required, source.whole(0, max(1, required)), source.whole(0, max(1, required)), 2 * required)
    return max(0, min(2**62, source.beside(max(0, target - counted))))


@transition("health", 6)
def healths(worlds, source):
    """Accounts at maintenance and at zero equity."""
    held = account_of(worlds, source)
    newer = doubtful(source, held)
    cash = cash_for(source, held, newer)
    return "random", *_health(cash, held, newer)


def _health(cash, held, newer=None):
    given = {"cash": cash, "legs": legs_given(held), "now": NOW, "newer_than": newer}
    return given, lambda: _looked_at(account.health(cash, values(held, newer)), held[0][1].risk.key_drift)


def _looked_at(total, drift):
    return {
        "equity": total.equity,
        "credit": total.credit,
        "maintenance": total.maintenance,
        "stress": total.stress,
        "key": key.cost_of_waiting(total.stress, drift, total.equity, total.maintenance),
        "liquidatable": total.equity < total.maintenance,
        "bankrupt": total.equity <= 0,
    }


@edge("health", "exactly-at-maintenance")
def exactly(worlds, source):
    """At its maintenance an account is not liquidated."""
    market = worlds.market(source, "p0", 150_000)
    position = worlds.position(source, market, 10_000, 150_000)
    position.cost = 1_500_000_000
    cash = margin.maintenance(market.risk, 1_500_000_000)
    return _health(cash, [(position, market)])


@transition("choose-leg", 6)
def choose(worlds, source):
    """Which leg is closed; ties and legs whose closing would not help."""
    held = account_of(worlds, source)
    if source.chance(15):
        held = held + [held[0]]
    held = held[:8]
    newer = doubtful(source, held)
    cash = cash_for(source, held, newer)

    def act():
        at = [(market.risk.charge, leg) for (_, market), leg in zip(held, values(held, newer), strict=True)]
        total = account.health(cash, [leg for _, leg in at])
        return {"chosen": legs.choose(total, at), "flagged": legs.to_flag(total, at)}

    return "random", {"cash": cash, "legs": legs_given(held), "now": NOW, "newer_than": newer}, act


@transition("no-worse", 2)
def no_worse(worlds, source):
    """Fractions that are equal, or differ by an atom."""
    first = (source.rng.randint(-(2**40), 2**60), source.whole(0, 2**60))
    scale = source.pick(1, 2, 3)
    second = source.pick(
        (source.beside(first[0] // scale, -(2**62)), source.beside(first[1] // scale)),
        (source.rng.randint(-(2**40), 2**60), source.whole(0, 2**60)),
    )
    given = {"before": {"equity": first[0], "maintenance": first[1]},
             "after": {"equity": second[0], "maintenance": second[1]}}

    def act():
        return {"holds": account.no_worse(account.Health(0, *first), account.Health(0, *second))}

    return "random", given, act


@transition("withdrawable", 1)
def withdrawable(worlds, source):
    """What could leave."""
    requirement, cash = source.whole(0, 2**60), source.whole(0, 2**60)
    equity = source.pick(source.beside(requirement), source.beside(requirement + cash), source.rng.randint(-(2**40), 2**61))
    given = {"equity": equity, "requirement": requirement, "cash": cash}

    def act():
        return {"met": equity >= requirement, "amount": u64(account.withdrawable(equity, requirement, cash))}

    return "random", given, act
