"""Liquidating a queued account: whether, in which order, and what goes. Specification 4, formulas 8."""

from copy import copy

from .account import health, no_worse
from .bankruptcy import close_bankrupt
from .close import is_urgent, payable_size
from .exact import Fraction, Reasons, Refusal, floor
from .key import cost_of_waiting
from .legs import choose, helps, payable
from .liquidation import close, step_size
from .margin import leg as leg_at
from .margin import maintenance
from .queue import ahead
from .throttle import allows_step, refilled
from .touch import touched


class Account:
    """An account's cash, its legs with the named one first, and the fees of its orders."""

    def __init__(self, cash, legs, escrow):
        self.legs, self.escrow = legs, escrow
        self.seen = [leg_at(position, market, market.price.oracle) for position, market in legs]
        self.total = health(cash, self.seen)
        # Whoever moved cash into a fee is not bankrupt by it.
        self.fees = escrow if self.total.equity <= 0 else 0
        self.total.cash += self.fees
        self.total.equity += self.fees
        self.cash = self.total.cash

    @property
    def charged(self):
        """The legs with their markets' charges."""
        return [(market.risk.charge, leg) for (_, market), leg in zip(self.legs, self.seen, strict=True)]

    def binds(self):
        """The named leg has lots or a debt, and may be closed to good effect, or no other is better."""
        charge, leg = self.charged[0]
        best = choose(self.total, self.charged)
        helpful = helps(charge, self.total, leg) and payable(self.total, leg)
        return (leg.size > 0 or leg.pnl < 0) and (helpful or best in (None, 0))

    def key(self, total):
        """The key in the named market; fees count where the account would be bankrupt without them."""
        equity = total.equity + (self.escrow - self.fees if total.equity <= 0 else 0)
        return cost_of_waiting(total.stress, self.legs[0][1].risk.key_drift, equity, total.maintenance)


def liquidate(account, entries, own, slot, now):
    """What is done with the account, and how it stays queued if it does."""
    market, total, entry = account.legs[0][1], account.total, entries[own]
    risk, reasons = market.risk, Reasons()
    if total.equity >= total.maintenance or not account.binds():
        return {"plan": "leave"}
    reasons.refuse("EntryExpired", now - entry["refreshed"] > risk.entry_ttl)
    reasons.refuse("FlaggedThisSlot", slot <= entry["first_slot"])
    oldest = min(market.price.publish_time for _, market in account.legs)
    reasons.refuse("PriceNotNewerThanFlag", oldest <= entry["first_publish_time"])
    capacity = allows_step(risk, refilled(risk, market.throttle, now), market.price.oracle)
    reasons.refuse("NoCapacity", not capacity and not is_urgent(risk, total, account.seen[0]))
    reasons.settle()
    first = ahead(risk, entries, own, account.key(total), {"slot": slot, "time": now, "has_capacity": capacity})
    if first is not None:
        return {"plan": "not-first", "ahead": entries[first]["key"]}
    if total.equity <= 0:
        account.cash, report = close_bankrupt(account.cash, account.legs, now)
        for entry in report:
            del entry["price"]
        return {"plan": "bankrupt", "closed": report, "stay": None}
    if len(account.legs) > 1 and choose(total, account.charged) is None:
        return {"plan": "all"} | _all(account, now)
    return {"plan": "step"} | _step(account, now)


def _step(account, now):
    """One step on the named leg."""
    position, market = account.legs[0]
    size = step_size(market, account.total, account.seen[0], now)
    equity = account.total.equity
    account.cash, step = close(account.cash, position, market, equity, size, market.price.oracle, now)
    left = leg_at(position, market, market.price.oracle)
    after = health(account.cash, [left, *account.seen[1:]])
    if not no_worse(account.total, after):
        raise Refusal("HealthWorsens")
    stays = position.lots and after.equity < after.maintenance
    stay = {"key": account.key(after), "urgent": is_urgent(market.risk, after, left)} if stays else None
    return {"closed": [step], "stay": stay}


def _all(account, now):
    """All legs, winners first; each is charged at most the share of equity that its requirement had."""
    winners = [index for index, leg in enumerate(account.seen) if leg.pnl > 0]
    losers = [index for index, leg in enumerate(account.seen) if leg.pnl <= 0]
    equity, required, closed = account.total.equity, account.total.maintenance, []
    for index in winners + losers:
        (position, market), price = account.legs[index], account.seen[index].price
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
    after = health(account.cash, [leg_at(position, market, market.price.oracle) for position, market in account.legs])
    if not no_worse(account.total, after):
        raise Refusal("HealthWorsens")
    stays = account.legs[0][0].lots and after.equity < after.maintenance
    return {"closed": closed, "stay": {"key": account.key(after), "urgent": True} if stays else None}
