"""Settlement of a market that owes more than it has, in two rounds. Formulas 6."""

from .exact import Fraction, Reasons, Refusal, ceil, floor
from .nav import nav
from .ledger import settle, trade
from .state import SETTLED, SETTLING, Round
from .touch import touch

OPEN, REGISTERED, PAID, LATE = range(4)
"""How far a position's settlement has come."""


LOOK_LIFE = 86_400
"""Seconds after `settle_wait` for which a first look waits for the second."""


def forget_old_look(market, now):
    """A first look whose second never came runs out. Says whether one did."""
    looked, wait = market.settlement.looked, market.risk.settle_wait
    over = market.book.withheld and market.status < SETTLING and now > looked + wait + LOOK_LIFE
    if over:
        market.settlement.looked, market.book.withheld = 0, False
    return over


def look(market, now):
    """Two looks at a negative net asset value, far enough apart, start it; one that is not negative cancels."""
    reasons, state, price = Reasons(), market.settlement, market.price
    reasons.refuse("MarketNotOpen", market.status >= SETTLING)
    reasons.refuse("PriceTooOld", now - price.publish_time > market.risk.max_price_age)
    reasons.refuse("DeficitPending", market.book.deficit > 0)
    negative = nav(market.book, market.risk, price.oracle) < 0
    if not negative:
        reasons.refuse("SettlementNotNeeded", state.looked == 0)
        reasons.settle()
        state.looked, market.book.withheld = 0, False
        return {"look": "cancelled"}
    reasons.refuse(
        "SettlementTooEarly", 0 < state.looked and price.publish_time - state.looked < market.risk.settle_wait
    )
    reasons.settle()
    if state.looked == 0:
        state.looked, market.book.withheld = price.publish_time, True
        return {"look": "first"}
    return {"look": "started"} | start(market, price.oracle, now)


def start(market, price, now):
    """Fixes the price."""
    state = market.settlement
    state.price, state.since, market.status, market.book.withheld = price, now, SETTLING, True
    market.price.oracle = price
    state.open = market.book.long.attached + market.book.short.attached
    return {"price": state.price, "open": state.open}


def close(cash, position, market):
    """Closes a position at the settlement price, a losing one as far as its cash pays."""
    state, book = market.settlement, market.book
    if market.status < SETTLING or position.stage != OPEN or position.empty:
        raise Refusal("NothingToSettle")
    price = state.price
    touch(book, position, price)
    pnl, held = position.pnl(price), position.size
    loss = max(0, -pnl)
    closed, paid = closable(cash, held, loss)
    if loss and not closed and not paid:
        raise Refusal("NothingToClose")
    lots = -closed if position.lots > 0 else closed
    if lots:
        trade(book, position, lots, lots * price)
    if paid:
        settle(book, position, -paid)
    done = position.lots == 0 and position.cost <= 0
    claim, late = (max(0, pnl) if done else 0), state.fixed > 0
    if done:
        state.open -= 1
        if claim:
            round_ = state.second if late else state.first
            round_.claims += claim
            position.stage = LATE if late else REGISTERED
        release(market)
    report = {"lots": lots, "paid": paid, "claim": claim, "late": late, "done": done}
    return cash - paid, report


def closable(cash, lots, loss):
    """Lots of a losing position that the cash can close, and what the close pays."""
    if cash >= loss:
        return lots, loss
    if lots == 0:
        return 0, cash
    closed = floor(Fraction(cash * lots, loss))
    return closed, ceil(Fraction(loss * closed, lots))


def release(market):
    """When nobody is left nothing is reserved any more: what rounding left is the liquidity providers'."""
    if market.book.long.attached == 0 and market.book.short.attached == 0:
        market.settlement.first.unpaid = market.settlement.second.unpaid = 0


def fix(market, now):
    """Fixes the next round, when nobody is left or at its deadline."""
    state, reasons = market.settlement, Reasons()
    reasons.refuse("MarketNotOpen", market.status < SETTLING or state.fixed == 2)
    over = now - state.since >= market.risk.settle_deadline
    reasons.refuse("SettlementTooEarly", not over and state.open > 0)
    reasons.settle()
    treasury = market.book.treasury
    if state.fixed == 0:
        pot = min(treasury, state.first.claims)
        state.first = Round(state.first.claims, pot, pot)
        fixed = state.first
    else:
        claims = state.first.claims - state.first.pot + state.second.claims
        pot = min(treasury - state.first.unpaid, claims)
        fixed = state.second = Round(claims, pot, pot)
    market.status = SETTLED
    state.fixed += 1
    state.since = now
    return {"round": state.fixed, "claims": fixed.claims, "pot": fixed.pot, "open": state.open}


def pay(cash, position, market):
    """Pays what a claim is owed by now. After round two nothing of it is left."""
    state, first, second = market.settlement, 0, 0
    due = (position.stage == REGISTERED and state.fixed >= 1) or (position.stage in (PAID, LATE) and state.fixed == 2)
    if not due:
        raise Refusal("NothingOwed")
    claim = -position.cost
    if position.stage == REGISTERED:
        first = floor(Fraction(claim * state.first.pot, state.first.claims))
        state.first.unpaid -= first
        position.stage = PAID
    lost = 0
    if state.fixed == 2:
        rest = claim - first
        second = floor(Fraction(rest * state.second.pot, state.second.claims)) if state.second.claims else 0
        state.second.unpaid = max(0, state.second.unpaid - second)
        lost = rest - second
    settle(market.book, position, first + second)
    if lost:
        book, side = market.book, market.book.side(position.long)
        position.cost += lost
        side.cost += lost
        side.attached -= 1
        if side.attached == 0:
            side.cost = 0
    release(market)
    return cash + first + second, {"first": first, "second": second, "lost": lost}
