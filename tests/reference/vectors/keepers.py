"""Vectors of liquidating a queued account, from judging it to what stays in the queue."""

from ..model import keeper
from ..model.exact import ONE
from .margins import account_of, legs_given
from .registry import transition
from .worlds import NOW

SLOT = 1_000_000


def _cash(source, held):
    """Cash that leaves the account healthy, under maintenance, within a charge of nothing, or with nothing."""
    seen = keeper.Account(0, held, 0)
    counted, required = seen.total.equity, seen.total.maintenance
    charged = sum(market.risk.charge * leg.notional // ONE for (_, market), leg in zip(held, seen.seen, strict=True))
    wanted = source.pick(
        0, source.beside(charged), source.whole(1, max(1, charged)), source.whole(1, max(1, required)),
        source.whole(1, max(1, required)), source.beside(max(0, required - 1)),
    )
    return max(0, min(2**61, wanted - counted))


@transition("liquidate-account", 14)
def liquidate_account(worlds, source):
    """Accounts of one to four legs, in a queue with others."""
    held = account_of(worlds, source, 4)[:4]
    for _, market in held:
        market.status = source.pick(0, 0, 0, 1)
        market.price.publish_time = NOW - source.pick(0, 0, 0, market.risk.max_price_age // 2)
        if source.chance(50):
            market.book.treasury = 2**57
        if source.chance(70):
            market.throttle.capacity = market.risk.throttle_capacity
    cash, escrow = _cash(source, held), source.pick(0, 0, 0, source.whole(1, 2**30))
    if not held[0][0].lots or source.chance(3):
        held = held[::-1]
    account = keeper.Account(cash, held, escrow)
    best = keeper.choose(account.total, account.charged)
    if best and source.chance(80):
        held = [held[best]] + held[:best] + held[best + 1 :]
        account = keeper.Account(cash, held, escrow)
    oldest = min(market.price.publish_time for _, market in held)
    risk, key = held[0][1].risk, account.key(account.total)
    entry = {
        "key": max(1, key), "first_slot": SLOT - source.pick(1, 1, 1, 1, 1, 1, 5, 0),
        "first_publish_time": oldest - source.pick(1, 1, 1, 1, 1, 1, 10, 0),
        "refreshed": NOW - source.pick(0, 0, 0, 0, 0, 0, risk.entry_ttl, risk.entry_ttl + 1), "urgent": source.chance(50),
    }
    rivals = []
    for _ in range(source.pick(0, 0, 1, 3)):
        rival = source.pick(key * ONE // risk.tolerance, source.whole(1, max(1, key)), source.beside(key * ONE // risk.tolerance))
        rivals.append(entry | {"key": max(1, rival), "first_slot": SLOT - 1, "refreshed": NOW})
    entries = [entry, *rivals]
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
