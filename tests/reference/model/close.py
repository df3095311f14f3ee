"""How much of a leg is closed: the smallest size that reaches the target. Formulas 8, ADR 8."""

from .exact import ONE, Fraction, Refusal, floor, mulc
from .margin import maintenance, ratio


def cost(risk, leg):
    """What a close costs over notional: `phi`, and the favour that it gives up."""
    return risk.charge + leg.favour


def reaches(risk, health, leg, price, size):
    """`E - ceil(phi n p) >= ceil(T MM after)`."""
    others = health.maintenance - leg.maintenance
    after = others + maintenance(risk, (leg.size - size) * price)
    return health.equity - mulc(cost(risk, leg), size * price) >= mulc(risk.target, after)


def slack(risk, health, leg, price, size):
    """`E - phi n p - T MM after` without the rounding of amounts: within four atoms of what `reaches` compares. It
    increases with the size: the ratio only falls, and `T` times the smallest ratio is above `phi`."""
    left = (leg.size - size) * price
    after = health.maintenance - leg.maintenance + Fraction(ratio(risk, left) * left, ONE)
    return health.equity - Fraction(cost(risk, leg) * size * price, ONE) - Fraction(risk.target, ONE) * after


def first(low, high, holds):
    """The smallest integer in `low..high` for which an increasing condition holds, else `high`."""
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low


def smallest(risk, health, leg, price):
    """The smallest size that reaches the target, or all of it. Every size is tried where rounding could decide, and
    every size there is where a small leg's favour could make a larger close worth less."""
    if leg.size <= 2000:
        tries = range(leg.size + 1)
        return next((size for size in tries if reaches(risk, health, leg, price, size)), leg.size)
    from_size = first(0, leg.size, lambda n: slack(risk, health, leg, price, n) >= -4)
    to_size = first(from_size, leg.size, lambda n: slack(risk, health, leg, price, n) >= 4)
    if to_size - from_size > 3000:
        raise ValueError("too many sizes to try")
    for size in range(from_size, to_size + 1):
        if reaches(risk, health, leg, price, size):
            return size
    return leg.size


def is_urgent(risk, health, leg):
    """Within one charge of bankruptcy: `E <= mulc(phi, N)`, the favour in `phi`."""
    return health.equity <= mulc(cost(risk, leg), leg.notional)


def close_size(risk, health, leg, price):
    """At least a minimum step; all of it where less than a minimum position would remain or the account is urgent."""
    if is_urgent(risk, health, leg):
        return leg.size
    size = min(leg.size, max(smallest(risk, health, leg, price), risk.minimum_step))
    return leg.size if leg.size - size < risk.minimum_position else size


def payable_size(pnl, cash, held, wanted):
    """The largest size, up to the one wanted, whose share of the leg's loss the cash pays."""
    if cash >= -pnl:
        return wanted
    size = min(wanted, floor(Fraction(cash * held, -pnl)))
    if size == 0:
        raise Refusal("NothingToClose")
    return size
