"""Who goes first in a market's queue. Specification 4, point 2."""

from .exact import ONE


def counts(risk, entry, now):
    """First flagged in an earlier slot, refreshed within the time to live, and not waiting for capacity."""
    return (
        entry["first_slot"] < now["slot"]
        and now["time"] - entry["refreshed"] <= risk.entry_ttl
        and (now["has_capacity"] or entry["urgent"])
    )


def ahead(risk, entries, own, key, now):
    """The largest entry that counts and holds `key` back: `key < tolerance x largest`. `None` if none does."""
    rivals = [index for index, entry in enumerate(entries) if index != own and counts(risk, entry, now)]
    if not rivals:
        return None
    first = max(rivals, key=lambda index: (entries[index]["key"], -index))
    return first if key * ONE < risk.tolerance * entries[first]["key"] else None
