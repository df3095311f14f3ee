"""Risk-constant sizing and the liquidation price. Formulas 9."""

from copy import copy

from .exact import Reasons, mulc, positive
from .margin import leg
from .nav import premium
from .state import ACTIVE


def loss_at(market, n, long, stop):
    """What `n` lots opened now and closed at the stop lose, all costs included."""
    risk, price = market.risk, market.price.oracle

    def spread(at):
        return mulc(risk.spread, n * at) + mulc(risk.confidence_spread, n * market.price.confidence)

    def fee(at):
        return mulc(risk.fee, n * at) + risk.execution_fee

    skew = market.book.skew
    paid = positive(premium(risk, skew + (n if long else -n), price) - premium(risk, skew, price))
    return n * abs(price - stop) + paid + spread(price) + spread(stop) + fee(price) + fee(max(price, stop))


def size_for_risk(market, risk, stop, now):
    """The largest `n` whose loss does not exceed the risk, by trying it and halving what is left."""
    reasons, bounds = Reasons(), market.risk
    reasons.refuse("PriceTooOld", now - market.price.publish_time > bounds.max_price_age)
    reasons.refuse("MarketNotOpen", market.status != ACTIVE or market.price.oracle < 1000)
    reasons.refuse("PriceTooHigh", stop > bounds.max_price)
    long = stop < market.price.oracle
    room = bounds.side_cap - market.book.side(long).lots
    reasons.settle()
    low, high = 0, min(bounds.position_cap, room)
    while low < high:
        middle = (low + high + 1) // 2
        if loss_at(market, middle, long, stop) <= risk:
            low = middle
        else:
            high = middle - 1
    reasons.refuse("BelowMinimumPosition", low < bounds.minimum_position)
    reasons.settle()
    bound = "position-cap" if low == bounds.position_cap else "side-cap" if low == room else "risk"
    return {"lots": low if long else -low, "loss": loss_at(market, low, long, stop), "bound": bound}


def liquidation_price(cash, others, position, market):
    """The first price on the losing side at which `E < MM`, as far as distances of 1, 2, 4, ... ticks find it."""
    start = market.price.oracle
    sign, furthest = (-1, start - 1) if position.long else (1, market.risk.max_price - start)

    def falls(distance):
        at = leg(copy(position), market, start + sign * distance)
        equity = cash + others["equity"] + at.counted
        return equity < others["maintenance"] + at.maintenance

    if falls(0):
        return start
    low, distance = 0, 1
    while low < furthest:
        high = min(distance, furthest)
        if falls(high):
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (low, middle) if falls(middle) else (middle, high)
            return start + sign * high
        low, distance = high, 2 * distance
    return None
