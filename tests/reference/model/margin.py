"""What a leg requires and what it is worth. Formulas 4."""

from dataclasses import dataclass

from .exact import ONE, Fraction, ceil, clamp, i64, mulc, mulf, times, u64
from .nav import collectable, nav
from .state import SETTLING
from .touch import touched


@dataclass
class Leg:
    """A leg at one price, for maintenance."""

    size: int
    notional: int
    counted: int
    pnl: int
    maintenance: int
    ratio: int
    stress: int
    long: bool
    price: int
    credit: int = 0
    favour: int = 0


def impact(recip, notional):
    """`ceil(N recip / 2^62)`: the price impact of closing a notional, as a ratio."""
    return u64(ceil(Fraction(notional * recip, 2**62)))


def ratio(risk, notional):
    """`clamp(m0 + impact, floor, cap)`, in force."""
    return clamp(risk.base + impact(risk.impact, notional), risk.maintenance_floor, risk.maintenance_cap)


def maintenance(risk, notional):
    """`MM = mulc(ratio(N), N)`."""
    return mulc(ratio(risk, notional), notional)


def leg(position, market, price):
    """A leg at a price: a loss in full, a profit as far as it can be collected. It requires nothing in a settlement."""
    position = touched(market.book, position, market.price.oracle)
    size = position.size if market.status < SETTLING else 0
    risk, pnl, notional = market.risk, position.pnl(price), u64(size * price)
    counted = collectable(market.book, risk, price, pnl) if pnl > 0 else pnl
    required, share, stress = maintenance(risk, notional), ratio(risk, notional), mulc(risk.key_scale, notional)
    return Leg(size, notional, counted, pnl, required, share, stress, position.long, price)


def initial_requirement(risk, book, size, long, price):
    """`IM`: the model or what is in force, whichever is larger, on at least a share of the side's open interest."""
    lots, notional = book.side(long).lots, u64(size * price)
    crowded = max(notional, mulc(risk.crowd, u64(lots * price)))
    base = max(risk.base_model, risk.base)
    buffer = base + impact(max(risk.impact_model, risk.impact), crowded)
    floor = max(risk.maintenance_floor_model, risk.maintenance_floor)
    ratio = clamp(buffer, floor, max(risk.maintenance_cap_model, risk.maintenance_cap))
    ramp = ONE + ceil(Fraction(lots * risk.open_interest_ramp, ONE))
    ratio = times(times(times(ratio, risk.initial_multiple), ramp), risk.cascade_multiple)
    return min(mulc_wide(ratio, notional), 2**64 - 1)


def mulc_wide(ratio, amount):
    """`mulc` of whatever size."""
    return ceil(Fraction(ratio * amount, ONE))


def cautious(position, price):
    """`min(pnl(oracle), pnl(ema)) - |lots| conf`."""
    worse = min(position.pnl(price.oracle), position.pnl(price.ema))
    return i64(worse - u64(position.size * price.confidence))


def weighted(risk, pnl):
    """A profit weighted and capped; a loss in full."""
    return min(mulf(risk.profit_weight, pnl), risk.profit_cap) if pnl > 0 else pnl


def initial_leg(position, market, book, price):
    """What initial equity counts of a leg, and what the leg requires."""
    risk, position = market.risk, touched(book, position, price.oracle)
    counted = weighted(risk, cautious(position, price))
    if counted > 0 and (nav(book, risk, price.oracle) < 0 or market.status >= SETTLING or book.withheld):
        counted = 0
    return counted, initial_requirement(risk, book, position.size, position.long, price.oracle)
