"""Winding down a market without a usable price. Formulas 6."""

from dataclasses import replace

from .exact import Reasons
from .price import sources
from .settlement import start
from .state import SETTLING

NONE, COARSE, SILENT = range(3)
SILENT_WAIT, COARSE_TTL, SETTLE_PRICE = 3_600, 86_400, 100


def reason(market, now):
    """Why it has to go, by which time that is counted, and the price."""
    if sources(market, now) == "agree":
        coarse = market.price.oracle < SETTLE_PRICE
        return (COARSE, market.price.publish_time, market.price.oracle) if coarse else (NONE, 0, 0)
    watch = market.watch
    silent = watch.agreed_at and now - watch.agreed_at > market.risk.silence
    return (SILENT, now, watch.agreed) if silent else (NONE, 0, 0)


def look(market, now):
    """The second look starts the settlement."""
    reasons, watch = Reasons(), market.watch
    why, at, price = reason(market, now)
    reasons.refuse("MarketNotOpen", market.status >= SETTLING)
    reasons.refuse("DeficitPending", market.book.deficit > 0)
    reasons.refuse("SettlementNotNeeded", why == NONE and watch.winding_reason == NONE)
    reasons.settle()
    if why == NONE:
        market.watch = replace(watch, winding_reason=NONE, winding_at=0)
        return {"look": "cancelled"}
    waited = at - watch.winding_at
    counts = waited <= COARSE_TTL if why == COARSE else watch.agreed_at < watch.winding_at
    if watch.winding_reason != why or not counts:
        market.watch = replace(watch, winding_reason=why, winding_at=at)
        return {"look": "first"}
    reasons.refuse("SettlementTooEarly", waited < (market.risk.settle_wait if why == COARSE else SILENT_WAIT))
    reasons.settle()
    return {"look": "started"} | start(market, price, now)
