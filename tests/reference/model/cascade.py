"""How much faster a market is liquidated than it absorbs. Formulas 4, cascade."""

from dataclasses import dataclass

from .exact import ONE, Fraction, ceil, clamp, floor
from .margin import impact


@dataclass
class Cascade:
    """A window: where it started and what was liquidated in it."""

    start: int = 0
    price: int = 0
    liquidated: int = 0


def liquidated(risk, window, price, notional, now):
    """The window after a liquidation, which starts one when the last has ended."""
    if window.liquidated and now - window.start < risk.cascade_window:
        return Cascade(window.start, window.price, window.liquidated + notional)
    return Cascade(now, price, notional)


def multiple(risk, window, price, now):
    """`clamp(R, 1, cap)` within the window, one after it."""
    if window.liquidated == 0 or now - window.start >= risk.cascade_window:
        return ONE
    one_percent = floor(Fraction(ONE, 100))
    move = max(floor(Fraction(abs(price - window.price) * ONE, window.price)), one_percent)
    return clamp(ceil(Fraction(impact(risk.impact_model, window.liquidated) * ONE, move)), ONE, risk.cascade_cap)
