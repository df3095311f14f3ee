"""Vectors of shares and insurance."""

from ..model import insurance, shares
from ..model.insurance import Fund
from .registry import edge, transition
from .worlds import NOW, USD, set_nav


@transition("issue", 2)
def issue(worlds, source):
    """Shares of any pool."""
    amount, value, supply = source.whole(0, 2**60), source.whole(0, 2**60), source.whole(0, 2**60)
    given = {"amount": amount, "value": value, "supply": supply}
    return "random", given, lambda: {"shares": shares.issue(amount, value, supply)}


@edge("issue", "first-share-costs-an-atom")
def first_share(worlds, source):
    """An empty pool."""
    return {"amount": 1, "value": 0, "supply": 0}, lambda: {"shares": shares.issue(1, 0, 0)}


@edge("issue", "inflated-pool-gives-none")
def inflated(worlds, source):
    """A pool whose value was blown up."""
    given = {"amount": 10, "value": 10**12, "supply": 1}
    return given, lambda: {"shares": shares.issue(10, 10**12, 1)}


@transition("provide", 3)
def provide(worlds, source):
    """Deposits at a net asset value of zero, one and more."""
    market = worlds.market(source)
    market.price.publish_time = source.beside(NOW - market.risk.max_price_age)
    if source.chance(60):
        set_nav(market, source.pick(-1, 0, 1, source.whole(0, 2**55)))
    market.status = source.pick(0, 0, 0, 0, 1)
    if source.chance(70):
        market.book.deficit = 0
    least = market.risk.minimum_lp_deposit
    amount = source.pick(source.beside(least), source.whole(least, 2**59))
    given = {"market": market, "amount": amount, "now": NOW}

    def act():
        issued = shares.provide(market, amount, NOW)
        return issued | {"supply": market.lp_shares, "treasury": market.book.treasury}

    return "random", given, act


@transition("stake", 2)
def stake(worlds, source):
    """Deposits into insurance."""
    fund = Fund(source.whole(0, 2**59), source.whole(0, 2**59), source.whole(0, 2**59))
    amount = source.pick(source.beside(USD), source.whole(USD, 2**59))
    return "random", {"fund": fund, "amount": amount}, lambda: shares.stake(fund, amount) | {"fund": fund}


def _fund(source, market):
    """A fund that holds at least this market's own part."""
    return Fund(source.whole(0, 2**50), market.insurance_own + source.whole(0, 2**50), source.whole(0, 2**50))


@transition("draw", 5)
def draw(worlds, source):
    """Deficits that one part of the fund just covers, windows that just end."""
    market = worlds.market(source)
    fund = _fund(source, market)
    if source.chance(50):
        market.insurance_window_start = source.beside(NOW - market.risk.insurance_window)
    own, cap = market.insurance_own, market.risk.insurance_cap - market.insurance_drawn
    market.book.deficit = source.pick(source.beside(own), source.beside(own + cap), source.beside(own + fund.shared), 0)
    given = {"fund": fund, "market": market, "now": NOW}

    def act():
        return {"draw": insurance.draw(fund, market, NOW), **_after(fund, market)}

    return "random", given, act


def _after(fund, market):
    return {
        "fund": fund, "book": market.book, "insurance_own": market.insurance_own,
        "insurance_window_start": market.insurance_window_start, "insurance_drawn": market.insurance_drawn,
    }


@transition("sweep", 1)
def sweep(worlds, source):
    """Fees into the market's own part."""
    market = worlds.market(source)
    fund = _fund(source, market)
    market.book.insurance_claim = 0
    given = {"fund": fund, "market": market}
    return "random", given, lambda: {"swept": insurance.sweep(fund, market), **_after(fund, market)}
