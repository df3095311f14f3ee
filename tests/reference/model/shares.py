"""Shares of liquidity providers and insurance stakers. Formulas 7."""

from .exact import Fraction, Reasons, Refusal, floor, u64
from .nav import nav
from .state import ACTIVE, REDUCE_ONLY

VIRTUAL = 10**6
"""Shares, and as many atoms, that exist on paper only."""


def issue(amount, value, supply):
    """`floor(a (S + 10^6) / (value + 10^6))`, and never none."""
    shares = u64(floor(Fraction(amount * (supply + VIRTUAL), value + VIRTUAL)))
    if shares == 0:
        raise Refusal("ZeroAmount")
    u64(supply + VIRTUAL + shares)
    return shares


def worth(shares, value, supply):
    """`min(floor(n value / S), floor(n (value + 10^6) / (S + 10^6)))`."""
    if shares > supply:
        raise Refusal("NotEnoughShares")
    plain = floor(Fraction(shares * value, max(supply, 1)))
    return min(plain, floor(Fraction(shares * (value + VIRTUAL), supply + VIRTUAL)))


def provide(market, amount, now):
    """A liquidity provider's deposit at net asset value."""
    reasons, risk = Reasons(), market.risk
    reasons.refuse("BelowMinimumDeposit", amount < risk.minimum_lp_deposit)
    reasons.refuse("PriceTooOld", now - market.price.publish_time > risk.max_price_age)
    reasons.refuse("DeficitPending", market.book.deficit > 0)
    reasons.refuse("MarketNotOpen", market.status not in (ACTIVE, REDUCE_ONLY))
    value = nav(market.book, risk, market.price.oracle)
    reasons.refuse("NavNotPositive", value <= 0 and (market.lp_shares > 0 or value < 0))
    reasons.settle()
    shares = issue(amount, value, market.lp_shares)
    market.book.treasury = u64(market.book.treasury + amount)
    market.lp_shares = u64(market.lp_shares + shares)
    return {"shares": shares, "value": value}


def stake(fund, amount):
    """A deposit into the shared part of insurance."""
    if amount < VIRTUAL:
        raise Refusal("BelowMinimumDeposit")
    value = fund.shared
    shares = issue(amount, value, fund.shares)
    fund.shared = u64(fund.shared + amount)
    fund.shares = u64(fund.shares + shares)
    return {"shares": shares, "value": value}
