"""Liquidating a queued account: whether, in which order, and what goes. Specification 4, formulas 8."""

from copy import copy

from .account import health, no_worse
from .bankruptcy import close_bankrupt
from .close import is_urgent, payable_size
from .exact import Fraction, Reasons, Refusal, floor
from .key import cost_of_waiting
from .legs import choose, helps, payable
from .liquidation import close, step_size
from .margin import maintenance
from .queue import ahead
from .state import HALTED, SETTLING
from .throttle import allows_step, refilled
from .touch import touched
from .valuation import value


class Account:
    """An account's cash, its legs with the named one first, and the fees of its orders."""

    def __init__(self, cash, legs, escrow, now, newer_than=None):
        self.legs, self.escrow, self.now, self.newer_than = legs, escrow, now, newer_than
        values = [self.value(position, market) for position, market in legs]
        self.seen = [value["leg"] for value in values]
        self.stale = [not value["closable"] for value in values]
        self.total = health(cash, self.seen)
        # Whoever moved cash into a fee is not bankrupt by it.
        self.fees = escrow if self.total.equity <= 0 else 0
        self.total.cash += self.fees
        self.total.equity += self.fees
        self.cash = self.total.cash

    def value(self, position, market):
        """A leg as it is valued."""
        return value(position, market, self.now, self.newer_than)

    def best(self):
        """The leg to close: one that is not stale."""
        fresh = [index for index, stale in enumerate(self.stale) if not stale]
        chosen = choose(self.total, [self.charged[index] for index in fresh])
        return None if chosen is None else fresh[chosen]

    def to_flag(self):
        """The leg to flag: the one to close, else the same of all, else the largest that can be reached."""
        for chosen in (self.best(), choose(self.total, self.charged)):
            if chosen is not None:
                return chosen
        bankrupt = self.total.equity <= 0
        ranks = [
            (not stale and (leg.size > 0 or bankrupt), leg.size > 0, leg.maintenance, -index)
            for index, (leg, stale) in enumerate(zip(self.seen, self.stale, strict=True)) if leg.size or leg.pnl < 0
        ]
        return -max(ranks)[3] if ranks else None

    @property
    def charged(self):
        """The legs with their markets' charges."""
        return [(market.risk.charge, leg) for (_, market), leg in zip(self.legs, self.seen, strict=True)]

    def binds(self):
        """The named leg has lots or is a bankrupt's debt, and may be closed to good effect, or no other is better."""
        (charge, leg), best, flagged = self.charged[0], self.best(), self.to_flag() == 0
        if not (leg.size or (leg.pnl < 0 and self.total.equity <= 0)):
            return False
        helpful = leg.size > 0 and helps(charge, self.total, leg) and payable(self.total, leg)
        if best is not None:
            return best == 0 or (not self.stale[0] and helpful)
        if choose(self.total, self.charged) is None:
            return not self.stale[0] or flagged
        return helpful or flagged

    def key(self, total):
        """The key in the named market; fees count where the account would be bankrupt without them."""
        equity = total.equity + (self.escrow - self.fees if total.equity <= 0 else 0)
        return cost_of_waiting(total.stress, self.legs[0][1].risk.key_drift, equity, total.maintenance)


def liquidate(account, entries, own, slot, now):
    """What is done with the account, and how it stays queued if it does."""
    market, total, entry = account.legs[0][1], account.total, entries[own]
    risk, reasons = market.risk, Reasons()
    healthy, stale = total.equity >= total.maintenance, account.stale[0]
    # Credit ends no flag.
    if not any(account.stale) if healthy else (not stale and not account.binds()):
        return {"plan": "leave"}
    reasons.refuse("MarketNotOpen", market.status == HALTED)
    reasons.refuse("EntryExpired", now - entry["refreshed"] > risk.entry_ttl)
    reasons.refuse("FlaggedThisSlot", slot <= entry["first_slot"])
    reasons.refuse("PriceNotNewerThanFlag", stale)
    reasons.refuse("NotLiquidatable", healthy)
    capacity = allows_step(risk, refilled(risk, market.throttle, now), account.seen[0].price)
    reasons.refuse("NoCapacity", not capacity and not is_urgent(risk, total, account.seen[0]))
    reasons.settle()
    newest = max(market.price.publish_time, market.second.publish_time if market.second_source else 0)
    entries = [entry | {"first_slot": slot if entry["first_publish_time"] >= newest else entry["first_slot"]}
               for entry in entries]
    first = ahead(risk, entries, own, account.key(total), {"slot": slot, "time": now, "has_capacity": capacity})
    if first is not None:
        return {"plan": "not-first", "ahead": entries[first]["key"]}
    if total.equity <= 0:
        account.cash, report = close_bankrupt(account.cash, account.legs, now, account.newer_than)
        for entry in report:
            del entry["price"]
        return {"plan": "bankrupt", "closed": report, "stay": None}
    if len(account.legs) > 1 and account.best() is None:
        return {"plan": "all"} | _all(account, now)
    return {"plan": "step"} | _step(account, now)


def require_no_worse(before, after, credit):
    """`E / MM` may not fall below what it was without the credit of what was closed."""
    certain = copy(before)
    certain.equity -= credit
    if not no_worse(certain, after) and not (certain.equity < 0 and after.equity >= certain.equity):
        raise Refusal("HealthWorsens")


def _step(account, now):
    """One step on the named leg."""
    position, market = account.legs[0]
    size = step_size(market, account.total, account.seen[0], now)
    equity, price = account.total.equity - account.total.credit, account.seen[0].price
    account.cash, step = close(account.cash, position, market, equity, size, price, now)
    left = account.value(position, market)["leg"]
    after = health(account.cash, [left, *account.seen[1:]])
    require_no_worse(account.total, after, account.seen[0].credit)
    stays = position.lots and after.equity < after.maintenance
    stay = {"key": account.key(after), "urgent": is_urgent(market.risk, after, left)} if stays else None
    return {"closed": [step], "stay": stay}


def _all(account, now):
    """All legs, winners first; each is charged at most the share of equity that its requirement had."""
    winners = [index for index, leg in enumerate(account.seen) if leg.pnl > 0]
    losers = [index for index, leg in enumerate(account.seen) if leg.pnl <= 0]
    equity, required, closed = account.total.equity - account.total.credit, account.total.maintenance, []
    equity = max(0, equity)
    for index in winners + losers:
        (position, market), price = account.legs[index], account.seen[index].price
        if account.stale[index] or market.status >= SETTLING:
            continue
        held = touched(market.book, copy(position), market.price.oracle)
        if held.lots == 0:
            continue
        try:
            size = payable_size(held.pnl(price), account.cash, held.size, held.size)
        except Refusal:
            continue
        freed = max(0, account.seen[index].maintenance - maintenance(market.risk, (held.size - size) * price))
        share = floor(Fraction(equity * freed, required)) if required else 0
        account.cash, step = close(account.cash, position, market, share, size, price, now)
        equity, required = max(0, equity - sum(step["charge"].values())), max(0, required - freed)
        closed.append(step)
    after = health(account.cash, [account.value(position, market)["leg"] for position, market in account.legs])
    credits = sum(leg.credit for leg, stale in zip(account.seen, account.stale, strict=True) if not stale)
    require_no_worse(account.total, after, credits)
    stays = account.legs[0][0].lots and after.equity < after.maintenance
    return {"closed": closed, "stay": {"key": account.key(after), "urgent": True} if stays else None}
