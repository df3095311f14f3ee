"""Vectors of accounts and the priority key."""

from ..model import account, key, legs, margin, valuation
from ..model.exact import ONE, u64
from .history import doubt
from .margins import tune_nav
from .registry import edge, transition
from .worlds import NOW


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
    target = source.pick(
        0, required, source.whole(0, max(1, required)), source.whole(0, max(1, required)), 2 * required
    )
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
    cash = source.pick(cash_for(source, held, newer), 0, 1, source.whole(0, 2**30))

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
    equity = source.pick(
        source.beside(requirement), source.beside(requirement + cash), source.rng.randint(-(2**40), 2**61)
    )
    given = {"equity": equity, "requirement": requirement, "cash": cash}

    def act():
        return {"met": equity >= requirement, "amount": u64(account.withdrawable(equity, requirement, cash))}

    return "random", given, act
