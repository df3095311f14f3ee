"""Vectors of a market's book: net asset value, novation, payments."""

from ..model import nav
from ..model.exact import ONE
from ..model.ledger import settle, trade
from ..model.state import Position
from ..model.touch import touch
from .registry import edge, transition


@transition("nav", 5)
def net_asset_value(worlds, source):
    """Any book."""
    market = worlds.market(source)
    price = source.pick(market.price.oracle, worlds.price(source, market.risk))
    return "random", {"market": market, "price": price}, lambda: _nav(market, price)


def _nav(market, price):
    book, risk = market.book, market.risk
    return {
        "nav": nav.nav(book, risk, price),
        "premium": nav.premium(risk, book.skew, price),
        "long": nav.claims(book, True, price),
        "short": nav.claims(book, False, price),
        "skew": book.skew,
    }


@edge("nav", "empty")
def nav_empty(worlds, source):
    """Nobody holds anything."""
    market = worlds.market(source, "p0")
    market.book.long.__dict__.update(lots32=0, cost=0, attached=0, sized=0)
    market.book.short.__dict__.update(lots32=0, cost=0, attached=0, sized=0)
    return {"market": market, "price": 150_000}, lambda: _nav(market, 150_000)


@edge("nav", "fullest-skew-at-largest-price")
def nav_largest(worlds, source):
    """The largest premium there can be."""
    market = worlds.market(source, "p0")
    market.book.long.__dict__.update(lots32=market.risk.side_cap * ONE, cost=0)
    market.book.short.__dict__.update(lots32=0, cost=0, attached=0, sized=0)
    price = market.risk.max_price
    return {"market": market, "price": price}, lambda: _nav(market, price)


@edge("nav", "claims-overflow")
def nav_overflow(worlds, source):
    """A price and a side whose product does not fit."""
    market = worlds.market(source, "p0")
    market.book.long.__dict__.update(lots32=2**40 * ONE, cost=0)
    return {"market": market, "price": 2**40}, lambda: _nav(market, 2**40)


@transition("trade", 4)
def novate(worlds, source):
    """Opens, grows, shrinks and closes."""
    market = worlds.market(source)
    position = worlds.position(source, market) if source.chance(80) else Position()
    touch(market.book, position, market.price.oracle)
    size = source.whole(1, market.risk.position_cap)
    if position.lots and source.chance(60):
        lots = -min(size, position.size) if position.lots > 0 else min(size, position.size)
        lots = source.pick(lots, -position.lots)
    else:
        lots = size if (position.long if not position.empty else source.chance(50)) else -size
    cost = lots * source.about(market.price.oracle) + source.whole(0, 5)
    given = {"book": market.book, "position": position, "lots": lots, "cost": cost}

    def act():
        trade(market.book, position, lots, cost)
        return {"book": market.book, "position": position}

    return "random", given, act


@transition("pay", 2)
def pay(worlds, source):
    """Treasury and position, either way; the treasury never goes below zero."""
    market = worlds.market(source)
    position = worlds.position(source, market)
    touch(market.book, position, market.price.oracle)
    treasury = market.book.treasury
    paid = source.pick(source.beside(treasury), -source.whole(0, 2**50), source.whole(0, 2**50))
    given = {"book": market.book, "position": position, "paid": paid}

    def act():
        settle(market.book, position, paid)
        return {"book": market.book, "position": position}

    return "random", given, act
