"""From an oracle's message to a price in ticks. Specification 1 and 6."""

from .exact import Fraction, Reasons, Refusal, ceil, floor, mulf
from .state import Price


def nearest(value):
    """The nearest tick, halves up; a positive price never becomes zero."""
    return max(1, floor(value + Fraction(1, 2)))


def convert(risk, seen):
    """An observation `{price, confidence, ema, exponent, ...}` in units of `10^exponent`, in ticks."""
    reasons = Reasons()
    reasons.refuse("PriceNotPositive", seen["price"] <= 0 or seen["ema"] <= 0)
    shift = seen["exponent"] + risk.tick_exponent
    reasons.refuse("PriceExponent", abs(shift) > 18)
    reasons.settle()
    tick = Fraction(10) ** shift
    oracle, ema = nearest(seen["price"] * tick), nearest(seen["ema"] * tick)
    confidence = ceil(seen["confidence"] * tick)
    reasons.refuse("Overflow", max(oracle, ema, confidence) >= 2**64)
    reasons.refuse("PriceTooHigh", max(oracle, ema) > risk.max_price)
    reasons.refuse("PriceTooUncertain", confidence > floor(Fraction(risk.max_confidence * oracle, 2**32)))
    reasons.settle()
    return Price(oracle, confidence, ema, seen["publish_time"], seen["previous_publish_time"])


def accept(risk, price, last, now):
    """Whether a price may take the place of the last one."""
    reasons = Reasons()
    reasons.refuse("PriceNotNewer", price.publish_time <= last.publish_time)
    reasons.refuse("PriceFromFuture", price.publish_time > now + risk.clock_lag)
    reasons.refuse("PriceTooOld", now - price.publish_time > risk.max_price_age)
    reasons.settle()


def sources(market, now):
    """How a market's sources stand: they agree, disagree, or one is missing."""
    prices = [market.price] + ([market.second] if market.second_source else [])
    if any(now - price.publish_time > market.risk.max_price_age for price in prices):
        return "missing"
    seen = [price.oracle for price in prices]
    return "agree" if max(seen) - min(seen) <= mulf(market.risk.band, seen[0]) else "disagree"


def require_fresh(risk, price, now):
    """Whether a price is young enough for margin."""
    if now - price.publish_time > risk.max_price_age:
        raise Refusal("PriceTooOld")
