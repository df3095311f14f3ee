"""The first steps of the waterfall. Specification 5, ADR 4."""

from dataclasses import dataclass

from .exact import Refusal


@dataclass
class Fund:
    """The insurance fund's money and the stakers' shares."""

    shared: int = 0
    own: int = 0
    shares: int = 0


def draw(fund, market, now):
    """Answers a deficit: the market's own part, the shared part within its window, then the providers."""
    deficit = market.book.deficit
    if deficit == 0:
        raise Refusal("ZeroAmount")
    own = min(deficit, market.insurance_own)
    if now - market.insurance_window_start >= market.risk.insurance_window:
        market.insurance_window_start, market.insurance_drawn = now, 0
    allowed = max(0, market.risk.insurance_cap - market.insurance_drawn)
    shared = min(deficit - own, fund.shared, allowed)
    market.insurance_own -= own
    fund.own -= own
    fund.shared -= shared
    market.insurance_drawn += shared
    market.book.treasury += own + shared
    market.book.deficit = 0
    return {"own": own, "shared": shared, "providers": deficit - own - shared}


def sweep(fund, market):
    """Liquidation fees go into the market's own part of the vault."""
    fees, market.book.fees = market.book.fees, 0
    market.insurance_own += fees
    fund.own += fees
    return fees
