"""Vectors of shares and insurance."""

from ..model import exits, insurance, shares
from ..model.exits import Exit
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
    start = NOW - source.pick(source.beside(86_400), source.whole(0, 200_000))
    paid = source.pick(0, source.whole(0, 10**9))
    own = market.insurance_own + source.whole(0, 2**50)
    return Fund(source.pick(0, source.whole(0, 2**50)), own, source.whole(0, 2**50), start, paid, source.whole(0, 9))


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


@transition("worth", 2)
def worth(worlds, source):
    """What shares of any pool are worth."""
    value, supply = source.whole(0, 2**60), source.whole(0, 2**60)
    held = source.pick(supply, source.beside(supply), source.whole(0, supply))
    given = {"shares": held, "value": value, "supply": supply}
    return "random", given, lambda: {"worth": shares.worth(held, value, supply)}


@transition("collect", 2)
def collect(worlds, source):
    """Claims that a treasury just pays, or does not."""
    market = worlds.market(source)
    fund = _fund(source, market)
    market.book.insurance_claim = source.pick(0, source.whole(0, 2**45))
    market.book.deficit = source.pick(0, 0, 0, 1)
    set_nav(market, source.pick(-1, 0, 1, source.whole(0, 2**50)))
    if source.chance(40):
        market.book.insurance_claim = source.beside(market.book.treasury, 0, 2**60)
    given = {"fund": fund, "market": market, "now": NOW}
    return "random", given, lambda: {"collected": insurance.collect(fund, market, NOW), **_after(fund, market)}


@transition("keepers-floor", 3)
def keepers_floor(worlds, source):
    """Windows that end, funds that are nearly empty."""
    market = worlds.market(source)
    market.insurance_own = source.pick(0, 1, source.whole(0, 10**7))
    fund = _fund(source, market)
    if source.chance(50):
        fund.shared = source.pick(0, 1, source.whole(0, 10**7))
    if source.chance(50):
        fund.floor_paid = source.pick(10**9, 10**9 - source.whole(0, 10**7))
    given = {"fund": fund, "market": market, "now": NOW}
    return "random", given, lambda: {"floor": insurance.keepers_floor(fund, market, NOW), **_after(fund, market)}


def _pool(source, worlds):
    """A market with liquidity and someone who holds some of it."""
    market = worlds.market(source)
    age = market.risk.max_price_age
    market.price.publish_time = NOW - source.pick(0, 0, 0, 0, age, age + 1)
    market.book.deficit = source.pick(0, 0, 0, 0, 0, 1)
    set_nav(market, source.pick(0, 1, source.whole(1, 2**50), 2**50, 2**50, 2**56))
    market.lp_shares = source.whole(1, 2**50)
    held = source.whole(1, market.lp_shares)
    return market, held


def _earlier(source, cooldown):
    """Now and then a request is there already, which may just have expired."""
    asked = Exit(1, 5, 5, NOW - source.pick(5, source.beside(2 * cooldown)))
    return asked if source.chance(20) else Exit()


@transition("request", 2)
def request(worlds, source):
    """Requests of all shares, of more, of none, and second ones."""
    market, held = _pool(source, worlds)
    wanted = source.pick(held, source.beside(held), source.whole(0, held))
    pending = _earlier(source, market.risk.lp_cooldown)
    given = {"pending": pending, "held": held, "market": market, "shares": wanted, "now": NOW}
    return "random", given, lambda: {"pending": exits.request(pending, held, market, wanted, NOW)}


def _requested(source, cooldown, supply, held, value):
    """A request of some shares when the pool was worth more, less or as much."""
    asked = source.pick(held, source.whole(1, held))
    then = max(1, source.pick(value, source.about(max(1, value)), source.whole(1, 2**56)))
    number = max(asked, source.pick(supply, source.about(supply)))
    waited = source.pick(source.beside(cooldown), cooldown, cooldown + 10, source.beside(2 * cooldown))
    return Exit(asked, then, number, NOW - waited)


@transition("redeem", 5)
def redeem(worlds, source):
    """The lower of two prices; coverage and treasury that are just enough."""
    market, held = _pool(source, worlds)
    value = exits.nav(market.book, market.risk, market.price.oracle)
    pending = _requested(source, market.risk.lp_cooldown, market.lp_shares, held, value)
    if source.chance(5):
        pending = Exit()
    leaving = source.pick(pending.shares, source.whole(1, max(1, pending.shares)), pending.shares + source.pick(0, 1))
    queued = source.chance(8)
    if source.chance(30) and 0 < leaving <= min(pending.shares, market.lp_shares) and value > 0:
        paid = min(exits.worth(leaving, pending.value, pending.supply), exits.worth(leaving, value, market.lp_shares))
        market.book.insurance_claim = 0
        set_nav(market, exits.coverage(market.risk, market.book, market.price.oracle) + source.beside(paid))
    given = {"pending": pending, "held": held, "market": market, "shares": leaving, "queued": queued, "now": NOW}

    def act():
        left, rest, report = exits.redeem(pending, held, market, leaving, queued, NOW)
        return {
            "pending": left, "held": rest, "report": report, "treasury": market.book.treasury,
            "supply": market.lp_shares,
        }

    return "random", given, act


@transition("request-unstake", 1)
def request_unstake(worlds, source):
    """Requests of stakers."""
    fund = Fund(source.pick(0, source.whole(0, 2**56)), source.whole(0, 2**50), source.whole(1, 2**50))
    held = source.whole(1, fund.shares)
    wanted = source.pick(held, source.beside(held), source.whole(0, held))
    pending = _earlier(source, exits.STAKE_COOLDOWN)
    given = {"pending": pending, "held": held, "fund": fund, "shares": wanted, "now": NOW}
    return "random", given, lambda: {"pending": exits.request_unstake(pending, held, fund, wanted, NOW)}


@transition("unstake", 3)
def unstake(worlds, source):
    """The same for insurance."""
    fund = Fund(source.whole(0, 2**56), source.whole(0, 2**50), source.whole(1, 2**50))
    held = source.whole(1, fund.shares)
    pending = _requested(source, exits.STAKE_COOLDOWN, fund.shares, held, fund.shared)
    leaving = source.pick(pending.shares, source.whole(1, pending.shares))
    known = source.chance(10)
    given = {"pending": pending, "held": held, "fund": fund, "shares": leaving, "loss_known": known, "now": NOW}

    def act():
        left, rest, report = exits.unstake(pending, held, fund, leaving, known, NOW)
        return {"pending": left, "held": rest, "report": report, "fund": fund}

    return "random", given, act


@transition("catch-up", 2)
def catch_up(worlds, source):
    """Holdings that have not seen some consolidations."""
    fund = Fund(epoch=source.whole(0, 9))
    epoch = source.pick(fund.epoch, max(0, fund.epoch - source.whole(0, 9)))
    held = source.pick(0, source.whole(0, 2**63), 2 ** source.whole(0, 62))
    asked = source.pick(0, held, source.whole(0, held))
    supply = asked + source.whole(0, 2**62)
    pending = Exit(asked, source.whole(0, 2**50), supply, NOW) if asked else Exit()
    given = {"pending": pending, "held": held, "epoch": epoch, "fund": fund}

    def act():
        left, rest, reached = exits.catch_up(pending, held, epoch, fund)
        return {"pending": left, "held": rest, "epoch": reached}

    return "random", given, act


def _draw_leaving(worlds, source, left):
    market = worlds.market(source, "p0", 150_000)
    market.insurance_own, market.insurance_window_start, market.insurance_drawn = 0, NOW - 10**9, 0
    market.book.deficit = market.risk.insurance_cap
    fund = Fund(market.risk.insurance_cap + left, 0, 10**15)
    given = {"fund": fund, "market": market, "now": NOW}
    return given, lambda: {"draw": insurance.draw(fund, market, NOW), **_after(fund, market)}


@edge("draw", "paid-out-whole")
def draw_all(worlds, source):
    """Nothing is left, so no shares are."""
    return _draw_leaving(worlds, source, 0)


@edge("draw", "nearly-paid-out")
def draw_nearly(worlds, source):
    """An atom is left for a thousand million million shares: they are consolidated."""
    return _draw_leaving(worlds, source, 1)
