"""The withdrawal limiter. Formulas 10; ADR 36."""

from dataclasses import replace

from .exact import Refusal, positive, u64
from .state import Limiter, Quota

HOUR, DAY = 3_600, 86_400
UNIT = 10**6
FLOOR = 250_000 * UNIT
ALLOWANCE = 500 * UNIT


def looked(limiter, total, now):
    """The limiter at `now`, while the vault holds `total`."""
    hour, day = max(limiter.hour, now // HOUR), max(limiter.day, now // DAY)
    hour_outflow = limiter.hour_outflow if hour == limiter.hour else 0
    minimum = min(limiter.minimum, total)
    if day == limiter.day:
        return replace(limiter, hour=hour, hour_outflow=hour_outflow, minimum=minimum)
    base = minimum if day - limiter.day == 1 else total
    return Limiter(hour, day, hour_outflow, 0, base, total)


def owned(quota, now):
    """What is fresh and spent at `now`."""
    day = max(quota.day, now // DAY)
    days = day - quota.day
    return quota if days == 0 else Quota(day, quota.fresh if days == 1 else 0, 0, 0)


def limits(limiter):
    """Of an hour and of a day."""
    hour = max(FLOOR, limiter.base // 5)
    return hour, min(2 * hour, 2**64 - 1)


def room(limiter):
    """What may still leave and counts."""
    hour, day = limits(limiter)
    return min(positive(hour - limiter.hour_outflow), positive(day - limiter.day_outflow))


def more_at(limiter):
    """When there is more room."""
    _, day = limits(limiter)
    if positive(day - limiter.day_outflow) == room(limiter):
        return (limiter.day + 1) * DAY
    return (limiter.hour + 1) * HOUR


def available(limiter, quota, total, now):
    """What an account could take out."""
    own = owned(quota, now)
    return u64(room(looked(limiter, total, now)) + own.fresh_before + own.fresh + positive(ALLOWANCE - own.spent))


def receive(limiter, quota, amount, total, now):
    """A deposit."""
    own = owned(quota, now)
    return looked(limiter, total, now), replace(own, fresh=u64(own.fresh + amount))


def receive_for_shares(limiter, amount, total, now):
    """A provider's deposit makes good what left before it."""
    after = looked(limiter, total, now)
    return replace(
        after, hour_outflow=positive(after.hour_outflow - amount), day_outflow=positive(after.day_outflow - amount)
    )


def _gone(limiter, counted, amount, total):
    if amount > total:
        raise Refusal("Overflow")
    return replace(
        limiter, hour_outflow=u64(limiter.hour_outflow + counted), day_outflow=u64(limiter.day_outflow + counted),
        minimum=min(limiter.minimum, total - amount),
    )


def withdraw(limiter, quota, amount, total, now):
    """A withdrawal: the limiter, the quota, what counts and what the allowance let out."""
    after, own = looked(limiter, total, now), owned(quota, now)
    returned = min(amount, own.fresh_before + own.fresh)
    old = min(returned, own.fresh_before)
    counted = min(amount - returned, room(after))
    allowed = amount - returned - counted
    if allowed > positive(ALLOWANCE - own.spent):
        raise Refusal("WithdrawalLimited", *(["Overflow"] if amount > total else []))
    own = Quota(own.day, own.fresh_before - old, own.fresh - (returned - old), own.spent + allowed)
    return _gone(after, counted, amount, total), own, counted, allowed


def pay_for_shares(limiter, amount, total, now):
    """What is paid for shares."""
    after = looked(limiter, total, now)
    if amount > room(after):
        raise Refusal("WithdrawalLimited", *(["Overflow"] if amount > total else []))
    return _gone(after, amount, amount, total)
