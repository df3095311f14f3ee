"""What an account does: withdraw, place and end orders. Specification 2 to 4, ADR 15, 18 and 24."""

from .exact import Reasons, Refusal
from .fill import adds_risk, fill
from .orders import place, require_update, split_fee, stage
from .state import ACTIVE, SETTLING
from .touch import touched


def withdraw(cash, initial, amount, flagged):
    """Takes cash out, if what remains meets initial margin and the account is not flagged."""
    reasons = Reasons()
    reasons.refuse("ZeroAmount", amount == 0)
    reasons.refuse("AccountFlagged", flagged)
    reasons.refuse("InsufficientCash", amount > cash)
    reasons.refuse("BelowInitialMargin", initial["equity"] - amount < initial["requirement"])
    reasons.settle()
    return {"amount": amount, "cash": cash - amount}


def place_order(cash, initial, market, holder, request, now):
    """An order whose fee the account can spare; one that only reduces, and is alone, needs no margin."""
    reasons = Reasons()
    held, lots = holder["held"], request["lots"]
    grows = adds_risk(held, lots) and not request["reduce_only"]
    reasons.refuse("AccountFlagged", grows and holder["flagged"])
    reasons.refuse("MarketNotOpen", grows and (market.status != ACTIVE or market.price.oracle < 1000))
    try:
        left, order = place(cash, market, request, now)
    except Refusal as refusal:
        raise Refusal(*refusal.names, *reasons.names) from refusal
    reduces = held * lots < 0 and abs(lots) <= abs(held) and not holder["waiting"]
    below = initial["equity"] - order["fee"] < initial["requirement"]
    reasons.refuse("BelowInitialMargin", not reduces and below)
    reasons.settle()
    return {"needs_margin": not reduces, "cash": left} | order


def execute(taker, rest, market, order, update, now):
    """An order at its update: a caller's mistake is a refusal, the order's own failure ends it."""
    risk = market.risk
    reasons = Reasons()
    reasons.refuse("MarketNotOpen", market.status >= SETTLING)
    reasons.refuse("PriceTooOld", now - market.price.publish_time > risk.max_price_age)
    try:
        require_update(risk, order["placed_at"], update)
    except Refusal as refusal:
        raise Refusal(*refusal.names, *reasons.names) from refusal
    reasons.settle()
    try:
        return {"filled": attempt(taker, rest, market, order, update)}
    except Refusal as refusal:
        return {"failed": refusal.names}


def attempt(taker, rest, market, order, update):
    """The fill; a flagged account may only reduce."""
    reasons, held = Reasons(), touched(market.book, taker["position"], market.price.oracle).lots
    cut = order["reduce_only"] or not adds_risk(held, order["lots"])
    reasons.refuse("AccountFlagged", taker["flagged"] and not cut)
    try:
        filled = fill(taker["cash"], rest, taker["position"], market, order, update)
    except Refusal as refusal:
        raise Refusal(*refusal.names, *reasons.names) from refusal
    reasons.settle()
    return filled


def cancel(cash, market, order, owner, now):
    """While it waits its owner gets the fee back; once it expired anyone ends it and the treasury keeps the fee. In a market
    that settles it waits for nothing else."""
    at = "waiting" if market.status >= SETTLING else stage(market.risk, order["placed_at"], now)
    if at == "waiting" and not owner:
        raise Refusal("NotAuthorised")
    if at == "binding":
        raise Refusal("OrderBinding")
    _, treasury = split_fee(order, False)
    if at == "waiting":
        return cash + order["fee"], at
    market.book.treasury += treasury
    return cash, at
