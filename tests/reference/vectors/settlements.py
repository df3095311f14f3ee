"""Vectors of settlement: looks, closing, both rounds, paying."""

from ..model import settlement
from ..model.state import SETTLED, SETTLING, Round, Settlement
from .history import move, stale
from .registry import edge, transition
from .worlds import NOW, set_nav


@transition("settlement-look", 4)
def looks(worlds, source):
    """Net asset value at and below zero; second looks beside the wait."""
    market = worlds.market(source)
    move(source, market, True)
    market.book.deficit = source.pick(0, 0, 0, 0, 1)
    set_nav(market, source.pick(-1, -1, 0, 1, -source.whole(1, 2**40)))
    market.price.publish_time = NOW - source.pick(0, 1)
    if source.chance(60):
        market.settlement.looked = source.beside(market.price.publish_time - market.risk.settle_wait, 1)
        market.book.withheld = True
    return "random", *_look(market)


def _look(market):
    market.accrued = NOW

    def act():
        report = settlement.look(market, NOW)
        return report | _after(market)

    return {"market": market, "now": NOW}, act


def _after(market):
    return {"book": market.book, "settlement": market.settlement, "status": market.status}


def _settling(worlds, source):
    """A market whose price is fixed."""
    market = worlds.market(source)
    move(source, market, True)
    move(source, market, False)
    market.status = SETTLING
    position = stale(source, market, worlds.position(source, market, current=True))
    state = market.settlement = Settlement(NOW - 100, NOW - 50, market.price.oracle)
    state.open = market.book.long.attached + market.book.short.attached
    state.first = Round(source.whole(0, 2**50))
    if source.chance(40):
        state.fixed, market.status = 1, SETTLED
        state.first.pot = source.whole(0, state.first.claims)
        state.first.unpaid = source.whole(0, state.first.pot)
        state.second = Round(source.whole(0, 2**40))
    return market, position


@transition("settle", 6)
def settle(worlds, source):
    """Winners and losers, cash enough or for some of the lots."""
    market, position = _settling(worlds, source)
    loss = max(1, -position.pnl(market.price.oracle))
    cash = source.pick(0, 1, source.beside(loss), source.whole(0, loss), 2**60)
    return "random", *_settle(cash, position, market)


def _settle(cash, position, market):
    def act():
        left, report = settlement.close(cash, position, market)
        return report | {"cash": left, "position": position} | _after(market)

    return {"cash": cash, "position": position, "market": market}, act


@transition("fix", 4)
def fix(worlds, source):
    """Both rounds; a treasury that is just enough, or not."""
    market, _ = _settling(worlds, source)
    state = market.settlement
    state.open = source.pick(0, 0, 1, state.open)
    state.since = source.beside(NOW - market.risk.settle_deadline)
    if state.fixed:
        reserved, claims = state.first.unpaid, state.first.claims - state.first.pot + state.second.claims
        market.book.treasury = source.pick(
            reserved, source.beside(reserved + claims), reserved + source.whole(0, claims + 1)
        )
        market.book.treasury = max(reserved, market.book.treasury)
        if state.open == 0:
            state.since = NOW - market.risk.settle_deadline
    else:
        market.book.treasury = source.pick(0, source.beside(state.first.claims), source.whole(0, 2**51))
    return f"round-{state.fixed + 1}", *_fix(market)


def _fix(market):
    def act():
        return settlement.fix(market, NOW) | _after(market)

    return {"market": market, "now": NOW}, act


@transition("pay-claim", 5)
def pay(worlds, source):
    """A claim of either round, after one round or both."""
    market = worlds.market(source)
    claim = source.whole(1, 2**45)
    position = worlds.claim(source, market, claim, source.chance(50))
    state = market.settlement = Settlement(NOW - 100, NOW - 50, market.price.oracle)
    state.first = Round(claim + source.pick(0, source.whole(0, 2**45)))
    state.first.pot = source.pick(state.first.claims, source.whole(0, state.first.claims), 0)
    state.fixed = source.pick(0, 1, 1, 2, 2, 2)
    position.stage = source.pick(1, 1, 1, 2, 3)
    if state.fixed:
        state.first.unpaid = state.first.pot
    if state.fixed == 2:
        rest = claim - claim * state.first.pot // state.first.claims if position.stage == 1 else claim
        state.second = Round(rest + source.pick(0, source.whole(0, 2**45)))
        state.second.pot = source.pick(state.second.claims, source.whole(0, state.second.claims), 0)
        state.second.unpaid = state.second.pot
    market.status = SETTLED if state.fixed else SETTLING
    market.book.treasury = state.first.unpaid + state.second.unpaid + source.whole(0, 1000)
    return f"round-{state.fixed}", *_pay(source.whole(0, 2**40), position, market)


def _pay(cash, position, market):
    def act():
        left, report = settlement.pay(cash, position, market)
        return report | {"cash": left, "position": position} | _after(market)

    return {"cash": cash, "position": position, "market": market}, act


@edge("pay-claim", "dust-of-round-one-in-round-two")
def dust(worlds, source):
    """Three claims of one atom shared two: nobody was paid one. Round two then owes each a whole atom of one."""
    market = worlds.market(source, "p0", 150_000)
    position = worlds.claim(source, market, 1, True)
    position.stage = settlement.PAID
    market.status = SETTLED
    market.settlement = Settlement(NOW - 100, NOW - 50, 150_000, 0, Round(3, 2, 2), Round(1, 1, 0), 2)
    market.book.treasury = 2
    return _pay(0, position, market)
