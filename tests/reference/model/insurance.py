"""The first steps of the waterfall. Specification 5, ADR 4."""

from dataclasses import dataclass

from .exact import Fraction, Reasons, Refusal, floor, mulf
from .nav import nav


@dataclass
class Fund:
    """The insurance fund's money and the stakers' shares."""

    shared: int = 0
    own: int = 0
    shares: int = 0
    floor_window_start: int = 0
    floor_paid: int = 0
    epoch: int = 0


CONSOLIDATION = 2**10
"""So many shares become one when they are worth next to nothing."""


def consolidate(fund):
    """After a payment: until a share is worth more than `1 / CONSOLIDATION` of an atom, down, or none is left."""
    while fund.shares and fund.shares // CONSOLIDATION >= fund.shared:
        fund.shares //= CONSOLIDATION
        fund.epoch += 1


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
    consolidate(fund)
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


def collect(fund, market, now):
    """What a market's treasury owes for the profit of bankrupt accounts, as far as it has cash. Formulas 7."""
    reasons, book = Reasons(), market.book
    reasons.refuse("PriceTooOld", now - market.price.publish_time > market.risk.max_price_age)
    reasons.refuse("NavNotPositive", nav(book, market.risk, market.price.oracle) < 0)
    reasons.refuse("DeficitPending", book.deficit > 0)
    amount = min(book.insurance_claim, book.treasury)
    reasons.refuse("ZeroAmount", book.insurance_claim == 0)
    reasons.refuse("TreasuryShort", book.treasury == 0)
    reasons.settle()
    book.insurance_claim -= amount
    book.treasury -= amount
    market.insurance_own += amount
    fund.own += amount
    return amount


FLOOR_CAP, FLOOR_WINDOW = 10**9, 86_400
"""The most that a window of so many seconds pays as keepers' floor."""


def keepers_floor(fund, market, now):
    """What keepers are paid for closing a bankrupt account. Formulas 8."""
    risk = market.risk
    start, paid = fund.floor_window_start, fund.floor_paid
    if now - start >= FLOOR_WINDOW:
        start, paid = now, 0
    fund.floor_window_start, fund.floor_paid = start, paid
    wanted = mulf(risk.charge, risk.minimum_position * market.price.oracle)
    total = max(0, min(wanted, FLOOR_CAP - paid, market.insurance_own + fund.shared))
    shares = risk.charge_flagger + risk.charge_liquidator
    own = min(total, market.insurance_own)
    flagger = floor(Fraction(total * risk.charge_flagger, shares)) if shares else 0
    fund.floor_paid += total
    fund.own -= own
    fund.shared -= total - own
    consolidate(fund)
    market.insurance_own -= own
    return {"flagger": flagger, "liquidator": total - flagger, "own": own, "shared": total - own}
