"""A fill between two accounts that a venue matched, and what owners grant to venues. Formulas 8, ADR 32."""

from copy import deepcopy
from dataclasses import dataclass

from .exact import Reasons, Refusal, mulc, mulf, u64
from .fill import adds_risk, coverage, parts, require_margin, within_caps
from .ledger import settle, trade
from .nav import nav
from .state import ACTIVE, REDUCE_ONLY, Position
from .touch import touch


@dataclass
class Party:
    """One of the two accounts on its way through a fill."""

    given: dict
    cash: int
    position: Position
    lots: int
    grows: bool
    parts: list
    settled: int = 0

    def report(self, price, fee):
        """What became of it."""
        plain = {"lots": self.lots, "cost": self.lots * price, "settled": self.settled, "fee": fee}
        return plain | {"cash": self.cash, "position": self.position}


def venue_fill(buyer, seller, market, lots, price, now):
    """Two novated fills at one price. Losses are paid first; both accounts are judged when all is done."""
    reasons, risk, own = Reasons(), market.risk, market.price.oracle
    reasons.refuse("MarketNotOpen", market.status > REDUCE_ONLY)
    reasons.refuse("ZeroAmount", lots == 0 or price == 0)
    reasons.refuse("PriceTooOld", now - market.price.publish_time > risk.max_price_age)
    reasons.refuse("FundingNotAccrued", market.accrued < now)
    reasons.refuse("OutsideVenueBand", risk.venue_band == 0 or abs(price - own) > mulf(risk.venue_band, own))
    reasons.refuse("NavNotPositive", market.book.withheld or nav(market.book, risk, own) <= 0)
    reasons.settle()
    fee, book, sides = mulc(risk.venue_fee, u64(lots * price)), deepcopy(market.book), []
    for given, signed in ((buyer, lots), (seller, -lots)):
        position = deepcopy(given["position"])
        touch(book, position, own)
        grows = adds_risk(position.lots, signed)
        reasons.refuse("AccountFlagged", grows and given["flagged"])
        reasons.refuse("MarketNotOpen", grows and (market.status != ACTIVE or own < 1000))
        sides.append(Party(given, given["cash"], position, signed, grows, parts(position.lots, signed)))
    reasons.settle()
    for side in sides:
        _trade(book, side.position, side.parts[0], price)
    _settle_closed(reasons, book, sides)
    for side in sides:
        for part in side.parts[1:]:
            _trade(book, side.position, part, price)
        if side.cash < fee:
            raise Refusal("InsufficientCash")
        side.cash -= fee
        book.treasury = u64(book.treasury + fee)
    after = deepcopy(market)
    after.book = book
    for side in sides:
        _require_sound(reasons, market, after, side)
    reasons.settle()
    reports = [side.report(price, fee) for side in sides]
    return {"buyer": reports[0], "seller": reports[1], "book": book}


def _trade(book, position, part, price):
    """A part that does not cross zero: not to the other side of a claim."""
    if position.lots == 0 and position.cost != 0 and (part > 0) != position.long:
        raise Refusal("ClaimRemains")
    trade(book, position, part, part * price)


def _settle_closed(reasons, book, sides):
    """Those whose position closed pay their loss in full, then are paid as far as the treasury has cash."""
    closed = [side for side in sides if side.position.lots == 0]
    for side in closed:
        reasons.refuse("LossExceedsCash", side.position.cost > side.cash)
    reasons.settle()
    for loses in (True, False):
        for side in closed:
            profit = -side.position.cost
            if (profit < 0) == loses:
                paid = profit if loses else min(profit, book.treasury)
                settle(book, side.position, paid)
                side.cash, side.settled = u64(side.cash + paid), side.settled + paid


def _require_sound(reasons, market, after, side):
    """Size, capacity and margin as of a fill against the pool."""
    risk, position, own, book = market.risk, side.position, market.price.oracle, after.book
    if position.lots:
        reasons.refuse("BelowMinimumPosition", position.size < risk.minimum_position)
        reasons.refuse("PositionCapExceeded", side.grows and position.size > risk.position_cap)
    if side.grows:
        reasons.refuse("SideCapExceeded", book.side(position.long).lots > risk.side_cap)
        within_caps(reasons, risk, book, position, own)
        reasons.refuse("CoverageTooLow", nav(book, risk, own) < coverage(risk, book, own))
    before = (side.given["cash"], side.given["position"], market)
    require_margin(reasons, side.given["rest"], before, (side.cash, position, after), side.grows)


def use_grant(grant, buys, lots, price, now):
    """What is left of a grant after a fill."""
    reasons = Reasons()
    reasons.refuse("NotGranted", grant["buys"] != buys or grant["expires_at"] < now or grant["lots"] < lots)
    reasons.refuse("LimitNotMet", price > grant["limit"] if buys else price < grant["limit"])
    reasons.settle()
    return {"lots": grant["lots"] - lots}
