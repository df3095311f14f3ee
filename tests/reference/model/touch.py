"""Bringing a position to its side's indices. Formulas 1, touch."""

from .exact import FACTOR, ONE, Fraction, ceil, floor, i64
from .state import _count


def touch(book, position, price):
    """Funding, then deleveraging, then the fraction of a lot. No cash moves."""
    if position.empty:
        return
    side, held = book.side(position.long), position.lots
    if position.epoch != side.epoch:
        step(side, position, (side.end_factor, side.end_value, side.end_funding), price)
        position.factor, position.value, position.funding = FACTOR, 0, side.end_funding
        position.epoch = side.epoch
        side.previous -= 1
    step(side, position, (side.factor, side.value, side.funding), price)
    _count(side, position, False, held)


def step(side, position, indices, price):
    """From the position's indices to others of the same epoch."""
    factor, value, funding = indices
    n, sign = position.size, 1 if position.long else -1
    owed32 = ceil(Fraction(n * (funding - position.funding) * FACTOR, position.factor))
    owed = ceil(Fraction(owed32, ONE))
    position.cost, side.cost, side.owed = i64(position.cost + owed), i64(side.cost + owed), side.owed - owed32
    if factor != position.factor:
        left32 = floor(Fraction(n * ONE * factor, position.factor))
        proceeds = Fraction(n * (value - position.value), position.factor)
        position.cost += -floor(proceeds) if position.long else ceil(proceeds)
        fraction = Fraction(left32 % ONE * price, ONE)
        closed = -floor(fraction) if position.long else ceil(fraction)
        position.cost, side.cost = i64(position.cost + closed), i64(side.cost + closed)
        side.lots32 -= left32 % ONE
        position.lots = sign * (left32 // ONE)
    position.factor, position.value, position.funding = factor, value, funding
