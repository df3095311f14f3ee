"""Leaving a pool. Formulas 7."""

from dataclasses import dataclass

from .exact import Fraction, Reasons, ceil
from .fill import coverage
from .insurance import CONSOLIDATION
from .nav import nav
from .shares import worth

STAKE_COOLDOWN = 604_800
"""Seconds that a stake stays at risk after its exit was requested."""


@dataclass
class Exit:
    """Shares to leave, with the pool's value `V0` and supply `S0` at the request."""

    shares: int = 0
    value: int = 0
    supply: int = 0
    time: int = 0


def value_of(reasons, market, now):
    """What the providers' shares are worth together."""
    reasons.refuse("PriceTooOld", now - market.price.publish_time > market.risk.max_price_age)
    value = nav(market.book, market.risk, market.price.oracle)
    reasons.refuse("NavNotPositive", value <= 0)
    return value


def is_expired(pending, cooldown, now):
    """A request is good for as long as its cooldown, after it."""
    return now > pending.time + 2 * cooldown


def ask(reasons, pending, held, shares, value, supply, cooldown, now):
    """A request, unless one is pending that can still be used."""
    reasons.refuse("ExitPending", pending.shares > 0 and not is_expired(pending, cooldown, now))
    reasons.refuse("ZeroAmount", shares == 0)
    reasons.refuse("NotEnoughShares", shares > held)
    reasons.settle()
    return Exit(shares, value, supply, now)


def request(pending, held, market, shares, now):
    """A liquidity provider's request."""
    reasons = Reasons()
    value = value_of(reasons, market, now)
    return ask(reasons, pending, held, shares, value, market.lp_shares, market.risk.lp_cooldown, now)


def request_unstake(pending, held, fund, shares, now):
    """A staker's request."""
    return ask(Reasons(), pending, held, shares, fund.shared, fund.shares, STAKE_COOLDOWN, now)


def catch_up(pending, held, epoch, fund):
    """A holding after the consolidations that it has not seen. The supply of its request rounds up, so its price down."""
    factor = CONSOLIDATION ** max(0, fund.epoch - epoch)
    shares = pending.shares // factor
    supply = ceil(Fraction(pending.supply, factor))
    return (Exit(shares, pending.value, supply, pending.time) if shares else Exit()), held // factor, fund.epoch


def payout(reasons, pending, shares, value, supply, cooldown, now):
    """The lower of what the shares were worth at the request and are worth now."""
    reasons.refuse("NothingRequested", pending.shares == 0)
    reasons.refuse("ZeroAmount", shares == 0)
    reasons.refuse("NotEnoughShares", shares > pending.shares or shares > supply)
    reasons.refuse("CooldownNotOver", now - pending.time < cooldown)
    reasons.refuse("ExitExpired", is_expired(pending, cooldown, now))
    if value <= 0 or shares > min(pending.shares, supply):
        reasons.settle()
    report = {
        "shares": shares, "at_request": worth(shares, pending.value, pending.supply),
        "at_exit": worth(shares, value, supply), "value": value,
    }
    report["paid"] = min(report["at_request"], report["at_exit"])
    reasons.refuse("ZeroAmount", report["paid"] == 0)
    return report


def without(pending, shares):
    """The request without the shares that left."""
    left = pending.shares - shares
    return Exit(left, pending.value, pending.supply, pending.time) if left else Exit()


def redeem(pending, held, market, shares, queued, now):
    """Pays shares out of a market's treasury. Gives what is left of request and shares."""
    reasons, risk, price, book = Reasons(), market.risk, market.price.oracle, market.book
    reasons.refuse("AccountsQueued", queued)
    reasons.refuse("DeficitPending", book.deficit > 0)
    value = value_of(reasons, market, now)
    report = payout(reasons, pending, shares, value, market.lp_shares, risk.lp_cooldown, now)
    reasons.refuse("TreasuryShort", report["paid"] > book.treasury)
    reasons.refuse("CoverageTooLow", value - report["paid"] < coverage(risk, book, price))
    reasons.settle()
    book.treasury -= report["paid"]
    market.lp_shares -= shares
    return without(pending, shares), held - shares, report


def unstake(pending, held, fund, shares, loss_known, now):
    """Pays shares out of the shared part of insurance."""
    reasons = Reasons()
    reasons.refuse("DeficitPending", loss_known)
    report = payout(reasons, pending, shares, fund.shared, fund.shares, STAKE_COOLDOWN, now)
    reasons.settle()
    fund.shared -= report["paid"]
    fund.shares -= shares
    return without(pending, shares), held - shares, report
