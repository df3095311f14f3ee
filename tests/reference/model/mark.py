"""Variation margin. Specification 2, ADR 5 and 14."""

from .exact import Fraction, floor
from .margin import cautious, weighted
from .nav import nav
from .ledger import settle
from .touch import touch, touched


def payable(position, market):
    """The profit that a mark pays: none from a market that cannot or does not pay, none where margin counts a part."""
    if market.book.withheld or nav(market.book, market.risk, market.price.oracle) < 0:
        return 0
    return whole(touched(market.book, position, market.price.oracle), market)


def whole(position, market):
    """A touched position's profit, or nothing where initial margin would count only a part of it."""
    if position.lots == 0:
        return min(-position.cost, market.book.treasury)
    gain = cautious(position, market.price)
    if gain <= 0 or weighted(market.risk, gain) < gain:
        return 0
    return min(gain, market.book.treasury)


def share(cash, losses):
    """Losses in full, or `floor(left x loss / losses left)` of each in turn."""
    paid, left, losses_left = [], cash, sum(losses)
    for loss in losses:
        part = loss if left >= losses_left else floor(Fraction(left * loss, losses_left))
        paid.append(part)
        left, losses_left = left - part, losses_left - loss
    return paid


def mark(cash, legs):
    """Profits first, then losses at the markets' prices. Gives the cash and what was paid for each leg."""
    paid = [0] * len(legs)
    for index, (position, market) in enumerate(legs):
        profit = payable(position, market)
        touch(market.book, position, market.price.oracle)
        if position.pnl(market.price.oracle) > 0:
            paid[index] = profit
            settle(market.book, position, paid[index])
            cash += paid[index]
    losses = [max(0, -position.pnl(market.price.oracle)) for position, market in legs]
    for index, part in enumerate(share(cash, losses)):
        position, market = legs[index]
        if part:
            settle(market.book, position, -part)
            paid[index] = -part
            cash -= part
    return cash, paid
