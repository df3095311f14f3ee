"""One liquidation step on a solvent account. Specification 4; formulas 8."""

from .cascade import record
from .close import close_size, is_urgent, payable_size
from .exact import ONE, Fraction, Refusal, ceil, floor, mulc, mulf, u64
from .mark import payable
from .nav import collectable
from .ledger import settle, trade
from .state import HALTED
from .throttle import allows_step, available, refilled, take
from .touch import touch


def step_size(market, health, leg, now):
    """What a step closes. It waits while capacity is below a minimum step, unless the account is urgent; else it takes
    what there is, and a whole leg may take more."""
    risk, price = market.risk, leg.price
    size, throttle = close_size(risk, health, leg, price), refilled(risk, market.throttle, now)
    if is_urgent(risk, health, leg):
        return size
    if not allows_step(risk, throttle, price):
        raise Refusal("NoCapacity")
    if size == leg.size:
        return size
    return min(size, max(floor(Fraction(available(throttle), price)), risk.minimum_step))


def split(risk, total, notional):
    """Treasury first, then flagger and liquidator, the rest to insurance."""
    treasury = min(total, mulc(risk.charge_treasury, notional))
    flagger = min(total - treasury, mulf(risk.charge_flagger, notional))
    liquidator = min(total - treasury - flagger, mulf(risk.charge_liquidator, notional))
    insurance = total - treasury - flagger - liquidator
    return {"treasury": treasury, "flagger": flagger, "liquidator": liquidator, "insurance": insurance}


def close(cash, position, market, equity, size, price, now):
    """Closes `size` at the price that the leg is valued at and charges the account, whose equity is without credits.
    Gives the cash and what moved."""
    risk, book = market.risk, market.book
    if market.status > HALTED:
        raise Refusal("MarketNotOpen")
    marked = payable(position, market) if price == market.price.oracle else 0
    touch(book, position, market.price.oracle)
    held, pnl = position.size, position.pnl(price)
    size = payable_size(pnl, cash, held, size)
    lots = -size if position.lots > 0 else size
    realised = collectable(book, risk, price, floor(Fraction(pnl * size, held))) if pnl > 0 else 0
    trade(book, position, lots, lots * price)
    if pnl > 0:
        settled = 0 if book.withheld else min(max(marked, realised), book.treasury)
    elif cash >= -pnl:
        settled = pnl
    else:
        settled = -ceil(Fraction(-pnl * size, held))
    settle(book, position, settled)
    cash = u64(cash + settled)
    notional = size * price
    charge = min(cash, max(equity, 0), max(floor(Fraction(risk.charge * notional, ONE)) - 1, 0))
    parts = split(risk, charge, notional)
    book.treasury = u64(book.treasury + parts["treasury"])
    book.fees = u64(book.fees + parts["insurance"])
    record(market, notional, price, now)
    market.throttle = take(risk, refilled(risk, market.throttle, now), notional)
    return cash - charge, {"lots": lots, "notional": notional, "settled": settled, "charge": parts}
