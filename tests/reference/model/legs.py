"""Which leg is closed. Specification 4, point 4."""

from .exact import Fraction


def helps(charge, health, leg):
    """Closing it raises `E / MM`: not `E mm_leg <= (phi + favour) MM`."""
    return health.equity * leg.ratio > (charge + leg.favour) * health.maintenance


def payable(health, leg):
    """The cash pays the loss of at least one lot."""
    return leg.pnl >= 0 or Fraction(-leg.pnl, leg.size) <= health.cash


def choose(health, legs):
    """The largest requirement among the legs whose closing helps, those that cash pays first; `None` if none helps."""
    helpful = [index for index, (charge, leg) in enumerate(legs) if leg.size and helps(charge, health, leg)]
    return _largest([(payable(health, legs[index][1]), index) for index in helpful], legs)


def to_flag(health, legs):
    """The leg that an account is flagged for: when none helps all of them go, and it is the largest. A debt without
    lots, which deleveraging can leave, is a leg that requires nothing."""
    chosen = choose(health, legs)
    if chosen is not None:
        return chosen
    return _largest([(True, index) for index, (_, leg) in enumerate(legs) if leg.size or leg.pnl < 0], legs)


def _largest(candidates, legs):
    """By whether cash pays it, then by requirement; ties go to the first."""
    if not candidates:
        return None
    return max(candidates, key=lambda entry: (entry[0], legs[entry[1]][1].maintenance, -entry[1]))[1]
