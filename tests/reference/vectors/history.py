"""What a side, a position and prices look like after deleveraging, funding and missing updates."""

from copy import copy

from ..model.exact import FACTOR, ONE, Fraction, ceil
from ..model.state import Price


def move(source, market, long):
    """Gives a side indices that it did not begin with."""
    side, price = market.book.side(long), market.price.oracle
    side.factor = source.pick(FACTOR, source.whole(2**46, FACTOR), source.whole(2**46, 2**60))
    side.value = (FACTOR - side.factor) * max(1, source.about(price))
    side.funding = source.rng.randint(-(2**64), 2**64) >> source.rng.randint(0, 60)
    side.epoch = source.pick(0, 0, 1, 7)
    if side.epoch:
        side.end_factor = source.whole(2**31, 2**46)
        side.end_value = (FACTOR - side.end_factor) * max(1, source.about(price))
        side.end_funding = side.funding - (source.rng.randint(-(2**40), 2**40) >> source.rng.randint(0, 38))
    if side.lots32:
        side.lots32 += source.pick(0, source.whole(0, ONE - 1))


def stale(source, market, position):
    """Sets a position back to earlier indices, and its side's totals to what they would be then."""
    side = market.book.side(position.long)
    previous = side.epoch > 0 and source.chance(40)
    factor, value, paid = (
        (side.end_factor, side.end_value, side.end_funding) if previous else (side.factor, side.value, side.funding)
    )
    n = position.size
    position.epoch = side.epoch - int(previous)
    position.factor = source.pick(factor, FACTOR, source.whole(factor, FACTOR), source.beside(factor, factor, FACTOR))
    gone = position.factor - factor
    position.value = value - gone * max(1, source.about(market.price.oracle))
    most = 86 - n.bit_length() - (FACTOR // position.factor).bit_length()
    position.funding = paid - (source.rng.randint(-(2**most), 2**most) >> source.rng.randint(0, most))
    side.previous = int(previous)
    left = ceil(Fraction(n * ONE * factor, position.factor))
    side.lots32 += left - n * ONE
    change = -(n - left // ONE) * market.price.oracle
    side.cost += change if position.long else -change
    side.owed += source.rng.randint(-(2**70), 2**70)
    return position


def doubt(source, market, now):
    """Gives a market a second source, and either of them an age."""
    risk, age = market.risk, market.risk.max_price_age
    market.second_source = source.chance(75)
    first = market.price
    apart = risk.band * first.oracle // ONE
    other = source.pick(
        first.oracle, source.beside(first.oracle + apart), source.beside(max(1, first.oracle - apart), 1)
    )
    market.second = copy(first)
    market.second.oracle = max(1, min(risk.max_price, source.pick(other, other, source.about(first.oracle, 5))))
    for price in (first, market.second):
        old = source.pick(0, 0, 0, age, age + 1, source.whole(0, 4 * age), source.whole(0, 10**5))
        price.publish_time = now - source.pick(old, old, -1)
    if not market.second_source:
        market.second = Price()
