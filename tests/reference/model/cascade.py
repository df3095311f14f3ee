"""How much faster a market is liquidated than it absorbs. Formulas 4, cascade."""

from .exact import ONE, Fraction, ceil, clamp, floor, u64
from .margin import impact
from .state import Cascade
from .volatility import moved

SMALLEST = floor(Fraction(ONE, 100))
"""A smaller move counts as 1 %."""


def running(risk, window, now):
    """The window, or none when it has ended."""
    alive = window.liquidated > 0 and now - window.started < risk.cascade_window
    return window if alive else Cascade()


def after(risk, window, notional, price, now):
    """The window after a liquidation, which starts one when the last has ended."""
    window = running(risk, window, now)
    if notional == 0:
        return window
    if window.liquidated == 0:
        return Cascade(now, price, notional)
    return Cascade(window.started, window.price, u64(window.liquidated + notional))


def multiple(risk, window, price):
    """`clamp(R, 1, cap)` of a window that runs, one without."""
    if window.liquidated == 0:
        return ONE
    move = max(moved(window.price, price), SMALLEST)
    return clamp(ceil(Fraction(impact(risk.impact_model, window.liquidated) * ONE, move)), ONE, risk.cascade_cap)


def record(market, notional, price, now):
    """Counts a close into the cascade, and sets the multiple anew."""
    market.cascade = after(market.risk, market.cascade, notional, price, now)
    market.risk.cascade_multiple = multiple(market.risk, market.cascade, price)
