"""What a market remembers of its sources, and outages. Formulas 3, outages."""

from dataclasses import replace

PROOF_WAIT, RESUME_UPDATES, FOREVER = 10, 3, 2**63 - 1


def has_gap(risk, price):
    """The oracle published nothing for longer than allowed before this update."""
    return price.publish_time - price.previous_publish_time > risk.outage_gap


def resuming(watch, now):
    """Liquidations wait."""
    return now < watch.waits_until


def proves(risk, watch, price, now):
    """An older update whose gap lies where nobody posted."""
    within = watch.quiet_from <= price.previous_publish_time and price.publish_time <= watch.quiet_until
    return within and now < watch.proof_until and has_gap(risk, price)


def begun(watch):
    """An outage was seen."""
    return replace(watch, updates_left=RESUME_UPDATES, waits_until=FOREVER, proof_until=0)


def ticked(risk, watch, slot, now):
    """The cluster's clock: a slot explains one second at most."""
    jumped = watch.slot_at and now - watch.slot_at > risk.outage_gap + (slot - watch.slot)
    return replace(begun(watch) if jumped else watch, slot=slot, slot_at=now)


def taken(risk, watch, last, price, now):
    """A newer price."""
    if last.oracle == 0:
        return watch
    if has_gap(risk, price):
        return begun(watch)
    after = replace(watch)
    if price.publish_time - last.publish_time > risk.outage_gap:
        after.quiet_from, after.quiet_until, after.proof_until = last.publish_time, price.publish_time, now + PROOF_WAIT
        after.waits_until = max(after.waits_until, after.proof_until)
    if watch.updates_left == 1:
        after.waits_until = now + risk.outage_grace
    after.updates_left = max(0, watch.updates_left - 1)
    return after


def compared(watch, agree, price, now):
    """Both sources have a fresh price: they agree on it, or they do not."""
    if agree:
        return replace(watch, agreed=price, agreed_at=now, disagreed_since=0)
    return replace(watch, disagreed_since=watch.disagreed_since or now)
