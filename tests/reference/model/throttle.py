"""Liquidation capacity: a bucket that refills. Parameters, liquidation; ADR 23."""

from .state import Throttle


def refilled(risk, throttle, now):
    """The bucket at `now`; time that runs backwards adds nothing."""
    seconds = max(0, now - throttle.updated)
    return Throttle(
        min(risk.throttle_capacity, throttle.capacity + risk.throttle_refill * seconds), max(now, throttle.updated)
    )


def take(risk, throttle, notional):
    """What a close takes: overdrawn by one bucket at most."""
    return Throttle(max(throttle.capacity - notional, -risk.throttle_capacity), throttle.updated)


def available(throttle):
    """What a throttled close may take."""
    return max(throttle.capacity, 0)


def allows_step(risk, throttle, price):
    """Whether a minimum step may be taken: a full bucket always allows one."""
    return available(throttle) >= min(risk.minimum_step * price, risk.throttle_capacity)
