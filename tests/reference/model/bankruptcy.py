"""Closing an account that has nothing left. Specification 5, formulas 8."""

from .exact import Refusal
from .margin import leg
from .mark import share
from .state import count
from .throttle import refilled, take
from .touch import touch


def close_bankrupt(cash, legs, now):
    """Profits first, then the cash over the losses; what is left of them is each market's deficit."""
    report = []
    for position, market in legs:
        price = market.price.oracle
        at = leg(position, market, price)
        touch(market.book, position, price)
        gain = max(at.pnl, 0)
        settled = min(at.counted, market.book.treasury) if gain and not market.book.withheld else 0
        report.append({"lots": -position.lots, "notional": position.size * price, "settled": settled, "deficit": 0,
                       "claim": gain - settled})
        cash += settled
    losses = [max(0, -position.pnl(market.price.oracle)) for position, market in legs]
    if sum(losses) < cash:
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
        market.throttle = take(market.risk, refilled(market.risk, market.throttle, now), entry["notional"])
    return 0, report


def _leave(position, market):
    """The position leaves its side's totals with all that it had."""
    side, held = market.book.side(position.long), position.lots
    side.lots32 -= position.size * 2**32
    side.cost -= position.cost
    position.lots = position.cost = 0
    count(side, position, False, held)
