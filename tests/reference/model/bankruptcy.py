"""Closing an account that has nothing left. Specification 5, formulas 8."""

from .cascade import record
from .exact import Refusal, mulc
from .margin import leg
from .mark import share
from .ledger import count
from .throttle import refilled, take
from .touch import touch
from .valuation import quote


def close_bankrupt(cash, legs, now, newer_than=None):
    """Profits first, then the cash over the losses; what is left of them is each market's deficit."""
    report, losses, equity = [], [], cash
    for position, market in legs:
        seen = quote(market, position.long, now, newer_than)
        at = leg(position, market, seen.price)
        touch(market.book, position, market.price.oracle)
        equity += at.counted + min(at.maintenance, mulc(seen.favour, at.notional))
        profit = max(0, min(at.pnl, position.pnl(seen.worst)))
        settled = 0 if market.book.withheld else max(0, min(profit, at.counted, market.book.treasury))
        report.append({
            "lots": -position.lots, "price": seen.price, "notional": position.size * seen.price, "settled": settled,
            "deficit": 0, "claim": profit - settled,
        })
        losses.append(max(0, -at.pnl))
        cash += settled
    if equity > 0 or sum(losses) < cash:
        raise Refusal("WrongSolvency")
    for entry, loss, paid in zip(report, losses, share(cash, losses), strict=True):
        if loss:
            entry["settled"], entry["deficit"] = -paid, loss - paid
            cash -= paid
    for entry, (position, market) in zip(report, legs, strict=True):
        _leave(position, market)
        book = market.book
        book.treasury -= entry["settled"]
        book.deficit += entry["deficit"]
        book.insurance_claim += entry["claim"]
        record(market, entry["notional"], entry["price"], now)
        market.throttle = take(market.risk, refilled(market.risk, market.throttle, now), entry["notional"])
    return 0, report


def _leave(position, market):
    """The position leaves its side's totals with all that it had."""
    side, held = market.book.side(position.long), position.lots
    side.lots32 -= position.size * 2**32
    side.cost -= position.cost
    position.lots = position.cost = 0
    count(side, position, False, held)
