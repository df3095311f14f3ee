"""Bringing a position to its side's indices. Formulas 1, touch."""

from copy import copy

from .exact import FACTOR, ONE, Fraction, ceil, floor, i128, i64
from .ledger import count


def touch(book, position, price):
    """Funding and deleveraging, to the end of the previous epoch first, then the fraction of a lot. No cash moves."""
    side, held, sign = book.side(position.long), position.lots, 1 if position.long else -1
    if held == 0:
        position.factor, position.value, position.funding = side.factor, side.value, side.funding
        position.epoch = side.epoch
        return
    way = Way(position)
    if position.epoch != side.epoch:
        way.go((side.end_factor, side.end_value, side.end_funding))
        way.factor, way.value = FACTOR, 0
        side.previous -= 1
    way.go((side.factor, side.value, side.funding))
    owed = ceil(Fraction(way.owed32, ONE))
    fraction = Fraction((way.most32 - way.size32 // ONE * ONE) * price, ONE)
    closed = -floor(fraction) if position.long else ceil(fraction)
    position.lots = sign * (way.size32 // ONE)
    position.cost = i64(position.cost + owed + way.proceeds + closed)
    side.cost, side.owed = i64(side.cost + owed + closed), i128(side.owed - way.owed32)
    side.lots32 -= way.size32 % ONE
    position.factor, position.value, position.funding = way.factor, way.value, way.funding
    position.epoch = side.epoch
    count(side, position, False, held)


class Way:
    """A size, with its fraction of a lot, on its way from the indices of its last touch to later ones. A short pays for
    `most32`: its size rounded up."""

    def __init__(self, position):
        self.long, self.size32, self.owed32, self.proceeds = position.long, position.size * ONE, 0, 0
        self.most32 = self.size32
        self.factor, self.value, self.funding = position.factor, position.value, position.funding

    def go(self, indices):
        """Steps 1 and 2: funding of what is there, then what deleveraging took of it."""
        factor, value, funding = indices
        paying = self.most32 if funding > self.funding else self.size32
        self.owed32 += ceil(Fraction(paying * (funding - self.funding) * 2**30, self.factor))
        if factor != self.factor:
            proceeds = Fraction(self.most32 * (value - self.value), self.factor * ONE)
            self.proceeds += -floor(proceeds) if self.long else ceil(proceeds)
            self.size32 = floor(Fraction(self.size32 * factor, self.factor))
            self.most32 = self.size32 if self.long else ceil(Fraction(self.most32 * factor, self.factor))
        self.factor, self.value, self.funding = indices


def touched(book, position, price):
    """The position as a touch would leave it, for whoever only looks."""
    seen = copy(book)
    seen.long, seen.short = copy(book.long), copy(book.short)
    after = copy(position)
    touch(seen, after, price)
    return after
