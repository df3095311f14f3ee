"""Vectors of liquidating a queued account, from judging it to what stays in the queue."""

from ..model import flagging, keeper
from ..model.exact import ONE, Refusal
from .accounts import account_of, legs_given
from .history import doubt
from .registry import edge, transition
from .worlds import NOW

SLOT = 1_000_000


def _cash(source, held):
    """Cash that leaves the account healthy, under maintenance, within a charge of nothing, or with nothing."""
    seen = keeper.Account(0, held, 0, NOW)
    counted, required = seen.total.equity, seen.total.maintenance
    charged = sum(market.risk.charge * leg.notional // ONE for (_, market), leg in zip(held, seen.seen, strict=True))
    wanted = source.pick(
        0, source.beside(charged), source.whole(1, max(1, charged)), source.whole(1, max(1, required)),
        source.whole(1, max(1, required)), source.beside(max(0, required - 1)),
    )
    return max(0, min(2**61, wanted - counted))


@transition("liquidate-account", 14)
def liquidate_account(worlds, source):
    """Accounts of one to four legs, in a queue with others; below 100 ticks a market settles instead."""
    held = account_of(worlds, source, 4)[:4]
    if min(market.price.oracle for _, market in held) < 110:
        raise Refusal("MarketNotOpen")
    for _, market in held:
        market.status = source.pick(0, 0, 0, 1)
        market.price.publish_time = NOW - source.pick(0, 0, 0, market.risk.max_price_age // 2)
        if source.chance(20):
            doubt(source, market, NOW)
        if source.chance(50):
            market.book.treasury = 2**57
        if source.chance(70):
            market.throttle.capacity = market.risk.throttle_capacity
    cash, escrow = _cash(source, held), source.pick(0, 0, 0, source.whole(1, 2**30))
    if not held[0][0].lots or source.chance(3):
        held = held[::-1]
    account = keeper.Account(cash, held, escrow, NOW)
    best = account.best()
    if best and source.chance(80):
        held = [held[best]] + held[:best] + held[best + 1 :]
        account = keeper.Account(cash, held, escrow, NOW)
    oldest = min(market.price.publish_time for _, market in held)
    risk, key = held[0][1].risk, account.key(account.total)
    entry = {
        "key": max(1, key), "first_slot": SLOT - source.pick(1, 1, 1, 1, 1, 1, 5, 0),
        "first_publish_time": oldest - source.pick(1, 1, 1, 1, 1, 1, 10, 0),
        "refreshed": NOW - source.pick(0, 0, 0, 0, 0, 0, risk.entry_ttl, risk.entry_ttl + 1), "urgent": source.chance(
            50
        ),
    }
    rivals = []
    for _ in range(source.pick(0, 0, 1, 3)):
        rival = source.pick(
            key * ONE // risk.tolerance, source.whole(1, max(1, key)), source.beside(key * ONE // risk.tolerance)
        )
        rivals.append(entry | {"key": max(1, rival), "first_slot": SLOT - 1, "refreshed": NOW})
    entries = [entry, *rivals]
    account = keeper.Account(cash, held, escrow, NOW, entry["first_publish_time"])
    given = {"cash": cash, "escrow": escrow, "legs": legs_given(held), "entries": entries, "slot": SLOT, "now": NOW}

    def act():
        report = keeper.liquidate(account, entries, 0, SLOT, NOW)
        if report["plan"] in ("leave", "not-first"):
            return report
        return report | {
            "cash": account.cash,
            "fees": account.fees,
            "legs": [
                {
                    "position": position, "book": market.book, "throttle": market.throttle, "window": market.cascade,
                    "multiple": market.risk.cascade_multiple,
                }
                for position, market in account.legs
            ],
        }

    return f"{len(held)}-legs", given, act


def _flag(worlds, source):
    """An account whose first leg is mostly the one to be flagged."""
    held = account_of(worlds, source, 4)[:4]
    for _, market in held:
        market.status, market.price.publish_time = 0, NOW - source.pick(0, 0, 1)
        if source.chance(20):
            doubt(source, market, NOW)
    cash, escrow = _cash(source, held), source.pick(0, 0, 0, source.whole(1, 2**30))
    account = keeper.Account(cash, held, escrow, NOW)
    best = account.to_flag()
    if best and source.chance(85):
        held = [held[best]] + held[:best] + held[best + 1 :]
        account = keeper.Account(cash, held, escrow, NOW)
    return account, {"cash": cash, "escrow": escrow, "legs": legs_given(held)}


def _entry(source, key, ttl):
    """An entry of any age."""
    age = source.pick(0, 1, source.beside(ttl, 0), 10 * ttl)
    return {
        "key": max(1, key), "first_slot": SLOT - 5, "first_time": NOW - age, "first_publish_time": NOW - age - 1,
        "refreshed": NOW - source.pick(0, age), "urgent": source.chance(50),
    }


@transition("flag", 6)
def flag(worlds, source):
    """First flags, refreshes, entries that ran out, recovered accounts and legs that no longer bind."""
    account, given = _flag(worlds, source)
    ttl = account.legs[0][1].risk.entry_ttl
    entries = [_entry(source, source.whole(1, 2**50), ttl) for _ in range(source.pick(1, 1, 2, 4))]
    own = source.pick(None, 0, source.rng.randrange(len(entries)))
    return "random", *_flagged(account, given, entries, own, source.chance(10))


def _flagged(account, given, entries, own, elsewhere):
    given |= {"entries": entries, "own": own, "elsewhere": elsewhere, "slot": SLOT, "now": NOW}
    return given, lambda: flagging.flag(account, entries, own, elsewhere, SLOT, NOW)


FULL = {"smaller-key-goes": (1, 0), "larger-keys-stay": (2**62, 0), "expired-entry-goes": (2**62, 10_000)}
for _case, (_key, _age) in FULL.items():

    @edge("flag", f"full-queue-{_case}")
    def _full(worlds, source, key=_key, age=_age):
        while True:
            account, given = _flag(worlds, source)
            fits = account.to_flag() == 0 and account.key(account.total) > 2
            if fits and account.total.equity < account.total.maintenance:
                break
        entry = {
            "key": key, "first_slot": SLOT - 5, "first_time": NOW, "first_publish_time": NOW, "refreshed": NOW,
            "urgent": False,
        }
        entries = [dict(entry) for _ in range(flagging.CAPACITY)]
        entries[7]["refreshed"] -= age
        return _flagged(account, given, entries, None, False)
