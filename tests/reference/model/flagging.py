"""Flagging an account into the queue of a market, again, or out of it. Specification 4, points 1 and 3."""

from .close import is_urgent
from .exact import Reasons

CAPACITY = 256
"""Entries a queue can hold."""


def flag(account, entries, own, elsewhere, slot, now):
    """What becomes of the account's entry; the named leg is the account's first. `own` is its place, if it has one: then
    the leg was fixed, and an entry past its time to live starts anew for it."""
    market, total, reasons = account.legs[0][1], account.total, Reasons()
    ttl, healthy = market.risk.entry_ttl, account.total.equity >= account.total.maintenance
    if own is not None and (healthy or not account.binds()):
        return {"flag": "removed", "entry": None, "dropped": None}
    kept = entries[own] if own is not None and now - entries[own]["refreshed"] <= ttl else None
    if own is None:
        reasons.refuse("NotLiquidatable", healthy)
        reasons.refuse("WrongLeg", not healthy and account.to_flag() != 0)
        reasons.refuse("FlaggedElsewhere", elsewhere)
    key, dropped = account.key(total), None
    if own is None and len(entries) == CAPACITY:
        dropped = smallest(entries, key, ttl, now)
        reasons.refuse("QueueFull", dropped is None)
    reasons.settle()
    newest = max(account.value(*leg)["publish_time"] for leg in account.legs)
    first = {"first_slot": slot, "first_time": now, "first_publish_time": newest}
    entry = {name: kept[name] for name in first} if kept else first
    entry |= {"key": key, "refreshed": now, "urgent": is_urgent(market.risk, total, account.seen[0])}
    report = {"flag": "queued", "first": kept is None, "equity": total.equity, "maintenance": total.maintenance}
    return report | {"until": now + ttl, "entry": entry, "dropped": dropped}


def smallest(entries, key, ttl, now):
    """The place that a full queue gives up: an entry past its time to live before any other, else a smaller key."""
    ranks = [(now - entry["refreshed"] <= ttl, entry["key"], place) for place, entry in enumerate(entries)]
    alive, least, place = min(ranks)
    return place if not alive or least < key else None
