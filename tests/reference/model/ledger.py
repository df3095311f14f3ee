"""Trades and payments between a position and the book. Formulas 1."""

from .exact import i64, u64


def trade(book, position, lots, cost):
    """Novation: the position and the totals of its side take `lots` for `cost`. A part never crosses zero."""
    was_empty, held = position.empty, position.lots
    if was_empty:
        position.long = lots > 0
        side = book.side(position.long)
        position.factor, position.value, position.funding = side.factor, side.value, side.funding
        position.epoch = side.epoch
    side = book.side(position.long)
    position.lots, position.cost = i64(position.lots + lots), i64(position.cost + cost)
    side.lots32 = 2**32 * u64((side.lots32 // 2**32) + abs(position.lots) - abs(held)) + side.lots32 % 2**32
    side.cost = i64(side.cost + cost)
    count(side, position, was_empty, held)


def settle(book, position, paid):
    """Moves `paid` between treasury and position: positive is a profit paid out. Net asset value does not move."""
    was_empty = position.empty
    side = book.side(position.long)
    position.cost, side.cost = i64(position.cost + paid), i64(side.cost + paid)
    book.treasury = u64(book.treasury - paid)
    count(side, position, was_empty, position.lots)


def count(side, position, was_empty, held):
    """The counts of a side. What no position holds any more belongs to the liquidity providers."""
    side.attached += int(was_empty) - int(position.empty)
    side.sized += int(position.lots != 0) - int(held != 0)
    if held != 0 and side.sized == 0:
        side.lots32 = side.owed = 0
    if position.empty and side.attached == 0:
        side.cost = 0
