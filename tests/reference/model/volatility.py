"""Measured volatility, and what of it is in force. Formulas 3."""

from dataclasses import dataclass

from .exact import FINE, ONE, Fraction, ceil, clamp, floor, isqrt, mulf, times


@dataclass
class Volatility:
    """The last sample and the variance per hour, 64 fraction bits."""

    price: int = 0
    time: int = 0
    variance: int = 0


def is_sample(risk, price):
    """Whether an update is the first after a fixed boundary, whoever posts it."""
    interval = risk.sample_interval
    return price.publish_time // interval > price.previous_publish_time // interval


def sample(risk, state, price):
    """The state after an update."""
    if not is_sample(risk, price):
        return state
    if state.time == 0:
        return Volatility(price.oracle, price.publish_time, state.variance)
    seconds = price.publish_time - state.time
    moved = Fraction(abs(price.oracle - state.price), state.price)
    r = min(ONE - 1, floor(moved * ONE))
    tau = risk.volatility_tau
    variance = min(FINE - 1, ceil(Fraction(state.variance * tau + r * r * 3600, tau + seconds)))
    return Volatility(price.oracle, price.publish_time, variance)


def sigma(risk, variance):
    """The standard deviation over an hour, within its bounds; nothing measured gives the floor."""
    if variance == 0:
        return risk.volatility_floor
    return clamp(isqrt(variance) + 1, risk.volatility_floor, risk.volatility_cap)


def model(risk, variance):
    """`m0` and the key's scale as the model gives them."""
    deviation = sigma(risk, variance)
    return times(deviation, risk.deviations) + risk.close_cost, times(deviation, risk.key_deviations)


@dataclass
class InForce:
    """One coefficient: what is in force, what is announced and since when, and when it last rose."""

    value: int = 0
    announced: int = 0
    since: int = 0
    risen: int = 0


def follow(risk, state, wanted, now):
    """Down at once, up after notice and at a limited speed. `announced` of zero means nothing is announced."""
    value, announced, since, risen = state.value, state.announced, state.since, state.risen
    if wanted <= value:
        return InForce(wanted)
    if announced == 0:
        return InForce(value, wanted, now, 0)
    announced = min(announced, wanted)
    start = max(since + risk.notice, risen)
    if now > start:
        rise = floor(Fraction(mulf(risk.rise, value) * (now - start), 3600))
        if rise:
            value, risen = min(value + rise, announced), now
    if value >= announced:
        return InForce(announced)
    return InForce(value, announced, since, risen)
