"""Measured volatility. Formulas 3."""

from .exact import FINE, ONE, Fraction, ceil, clamp, floor, isqrt, times
from .state import Volatility


def is_sample(risk, price):
    """Whether an update is the first after a fixed boundary, whoever posts it."""
    interval = risk.sample_interval
    return price.publish_time // interval > price.previous_publish_time // interval


def moved(start, end):
    """`|end - start| / start` as a ratio, down."""
    return floor(Fraction(abs(end - start) * ONE, start))


def observe(risk, state, price):
    """The state after an update."""
    if not is_sample(risk, price):
        return state
    if state.sample == 0:
        return Volatility(state.variance, price.oracle, price.publish_time)
    seconds, tau = price.publish_time - state.sampled_at, risk.volatility_tau
    r = min(ONE - 1, moved(state.sample, price.oracle))
    variance = min(FINE - 1, ceil(Fraction(state.variance * tau + r * r * 3600, tau + seconds)))
    return Volatility(variance, price.oracle, price.publish_time)


def sigma(risk, variance):
    """The standard deviation over an hour, within its bounds; nothing measured gives the floor."""
    if variance == 0:
        return risk.volatility_floor
    return clamp(isqrt(variance) + 1, risk.volatility_floor, risk.volatility_cap)


def model(risk, variance):
    """`m0` and the key's scale as the model gives them."""
    deviation = sigma(risk, variance)
    return times(deviation, risk.deviations) + risk.close_cost, times(deviation, risk.key_deviations)
