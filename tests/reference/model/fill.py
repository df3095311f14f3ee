"""A voluntary fill against the pool. Specification 2, ADR 3, 9 and 15."""

from copy import deepcopy

from .account import health, no_worse
from .exact import ONE, Reasons, Refusal, i64, mulc, mulf
from .margin import initial_leg, leg
from .nav import collectable, nav, premium
from .orders import size_against
from .ledger import settle, trade
from .state import ACTIVE, HALTED
from .touch import touch


def adds_risk(held, lots):
    """Whether a fill opens or grows a position, on either side."""
    return abs(held + lots) > abs(held) or held * (held + lots) < 0


def parts(held, lots):
    """A fill that crosses zero closes first, then opens."""
    if held * lots < 0 and abs(lots) > abs(held):
        return [-held, lots + held]
    return [lots]


def spread(risk, lots, price):
    """Half spread, and a share of the confidence interval; both up."""
    size = abs(lots)
    return mulc(risk.spread, size * price.oracle) + mulc(risk.confidence_spread, size * price.confidence)


def coverage(risk, book, price):
    """What net asset value must be for new risk."""
    interest = book.long.lots + book.short.lots
    return mulc(risk.stress, abs(book.skew) * price) + mulc(risk.coverage, interest * price)


def within_caps(reasons, risk, book, position, price):
    """What grows stays within its share of its side, itself included, and of the depth."""
    share = mulf(risk.position_share, book.side(position.long).lots)
    crowded = risk.position_share < ONE and position.size > max(risk.position_floor, share)
    reasons.refuse("PositionCapExceeded", crowded or position.size * price > risk.depth_cap)


def fill(cash, rest, position, market, order, update):
    """Fills an order at `update`; margin and coverage are judged at the market's own price."""
    reasons, risk, before = Reasons(), market.risk, deepcopy((position, market.book))
    reasons.refuse("MarketNotOpen", market.status > HALTED)
    after, book = deepcopy((position, market.book))
    touch(book, after, market.price.oracle)
    held = after.lots
    lots = _size(reasons, order, held)
    grows = adds_risk(held, lots)
    if grows:
        reasons.refuse("MarketNotOpen", market.status != ACTIVE or market.price.oracle < 1000)
    done = {"lots": lots, "cost": 0, "premium": 0, "spread": 0, "settled": 0}
    cash_before, market_after = cash, deepcopy(market)
    for part in parts(held, lots):
        if after.lots == 0 and after.cost != 0 and (part > 0) != after.long:
            raise Refusal("ClaimRemains", *reasons.names)
        skew = book.skew
        paid = i64(premium(risk, skew + part, update.oracle) - premium(risk, skew, update.oracle))
        charged = spread(risk, part, update)
        cost = i64(part * update.oracle + paid + charged)
        reasons.refuse("PriceNotPositive", part < 0 <= cost)
        trade(book, after, part, cost)
        done["cost"], done["premium"] = done["cost"] + cost, done["premium"] + paid
        done["spread"] += charged
        if after.lots == 0 and after.cost > cash:
            raise Refusal("LossExceedsCash", *reasons.names)
        if after.lots == 0:
            gain = -after.cost
            settled = min(collectable(book, risk, update.oracle, gain), book.treasury) if gain > 0 else gain
            settled = min(settled, 0) if book.withheld else settled
            settle(book, after, settled)
            done["settled"] += settled
            cash += settled
    reasons.refuse("LimitNotMet", done["cost"] > lots * order["limit"])
    if after.lots:
        reasons.refuse("BelowMinimumPosition", after.size < risk.minimum_position)
        reasons.refuse("PositionCapExceeded", after.size > risk.position_cap)
    price = market.price.oracle
    if grows:
        reasons.refuse("SideCapExceeded", book.side(after.long).lots > risk.side_cap)
        reasons.refuse("CoverageTooLow", nav(book, risk, price) < coverage(risk, book, price))
        within_caps(reasons, risk, book, after, price)
        reasons.refuse("SkewCapExceeded", abs(book.skew) > max(risk.skew_cap, abs(before[1].skew)))
    market_after.book = book
    require_margin(reasons, rest, (cash_before, before[0], market), (cash, after, market_after), grows)
    reasons.settle()
    return {**done, "cash": cash, "position": after, "book": book}


def _size(reasons, order, held):
    """What the order trades; a market that is not open is a reason besides."""
    try:
        return size_against(order, held)
    except Refusal as refusal:
        raise Refusal(*refusal.names, *reasons.names) from refusal


def require_margin(reasons, rest, before, after, grows):
    """Equity stays positive; new risk meets initial margin; less risk may not worsen health below it."""
    healths, met = [], False
    for cash, position, market in (before, after):
        price = market.price
        legs = [] if position.empty else [leg(position, market, price.oracle)]
        total = health(cash, legs)
        total.equity += rest["equity"]
        total.maintenance += rest["maintenance"]
        healths.append(total)
        counted, required = (0, 0) if position.empty else initial_leg(position, market, market.book, price)
        met = cash + rest["initial_equity"] + counted >= rest["initial_requirement"] + required
    reasons.refuse("EquityNegative", healths[1].equity < 0)
    if grows:
        reasons.refuse("BelowInitialMargin", not met)
    elif not met:
        reasons.refuse("HealthWorsens", not no_worse(healths[0], healths[1]))
