"""Shrinking an account below the level of its owner. Formulas 8, ADR 31."""

from copy import deepcopy

from .account import health, no_worse
from .close import close_size
from .exact import ONE, Reasons, mulc, mulf, times
from .fill import fill
from .margin import leg

NO_REST = {"equity": 0, "maintenance": 0, "initial_equity": 0, "initial_requirement": 0}


def protect(account, position, market, now):
    """The order for an account with one leg: the smallest that reaches the target above its level."""
    reasons, risk, price, cash = Reasons(), market.risk, market.price.oracle, account["cash"]
    reasons.refuse("AccountFlagged", account["flagged"])
    reasons.refuse("OrderWaits", account["waiting"])
    reasons.refuse("MarketNotOpen", market.status > 1)
    reasons.refuse("PriceTooOld", now - market.price.publish_time > risk.max_price_age)
    held = leg(position, market, price)
    total, level = health(cash, [held]), min(account["level"], risk.initial_multiple)
    below = max(0, total.equity) < mulc(level, total.maintenance)
    reasons.refuse("ProtectionNotDue", not below or level == 0 or total.equity < total.maintenance)
    reasons.settle()
    helps = held.notional > 0 and total.equity * held.ratio > risk.charge * total.maintenance
    reasons.refuse("HealthWorsens", not helps)
    reasons.settle()
    aimed = deepcopy(risk)
    aimed.target, aimed.charge = times(level, risk.target), risk.fee + risk.spread
    size = close_size(aimed, total, held, price)
    width = mulf(risk.charge, price)
    lots, limit = (-size, price - width) if held.long else (size, price + width)
    fee = mulc(risk.fee, size * price) + risk.execution_fee
    reasons.refuse("ZeroAmount", limit == 0)
    reasons.refuse("InsufficientCash", fee > cash)
    reasons.refuse("ProtectionNotDue", fee > mulf(risk.charge, size * price))
    reasons.settle()
    order = {"lots": lots, "limit": limit, "reduce_only": True}
    filled = fill(cash - fee, NO_REST, position, market, order, market.price)
    after, rest = deepcopy(market), filled["position"]
    after.book = filled["book"]
    later = health(filled["cash"], [] if rest.empty else [leg(rest, after, price)])
    reasons.refuse("HealthWorsens", not no_worse(total, later))
    reasons.settle()
    report = {"lots": lots, "limit": limit, "fee": fee, "placed_at": max(now, market.price.publish_time)}
    return report | {"equity": total.equity, "maintenance": total.maintenance}


MAX_LEVEL = 2 * ONE
"""Largest level."""


def pay_firing(order, paid_to_somebody):
    """Whoever fires earns half of the execution fee, down; nobody, and the executor earns all of it."""
    paid = order["execution_fee"] // 2 if paid_to_somebody else 0
    return {"paid": paid, "fee": order["fee"] - paid, "execution_fee": order["execution_fee"] - paid}
