"""Changing the parameters of a market with positions in it. Formulas 10."""

from . import cascade, notice, volatility
from .exact import ONE, Fraction, Reasons, Refusal, mulf, up
from .nav import nav, premium
from .parameters import derive, per_second
from .state import SETTLING, Look, Notice, Past, Throttle
from .throttle import refilled

DAY = 86_400
COSTS = (
    ("charge_treasury", up(500)), ("charge_flagger", up(500)), ("charge_liquidator", up(500)), ("insurance", up(500)),
    ("minimum_position", 1), ("spread", up(200)), ("confidence_spread", up(250_000)), ("fee", up(500)),
    ("execution_fee", 50_000), ("max_price_age", 30), ("funding_slope", per_second(10_000)),
    ("funding_cap", per_second(10_000)), ("adl_trigger", up(10_000)), ("adl_target", up(10_000)),
    ("insurance_cap", 10**9), ("1/max_price_age", 40), ("1/max_confidence", 200), ("1/band", 500),
    ("1/insurance_window", 7_000), ("venue_fee", up(500)), ("outage_gap", 300),
    ("disagreement", 3_600), ("silence", 604_800), ("1/disagreement", 600), ("1/silence", 7_000),
)
"""What at most doubles, and up to what it is free; what at most halves by its inverse."""
WHOLE = {"1/max_price_age": 600, "1/max_confidence": ONE, "1/band": ONE, "1/insurance_window": 604_800_000,
         "1/disagreement": 36_000, "1/silence": 604_800_000}


def cost(risk, name):
    """One of them."""
    if name == "insurance":
        return risk.charge - risk.charge_treasury - risk.charge_flagger - risk.charge_liquidator
    if name.startswith("1/"):
        return WHOLE[name] // getattr(risk, name[2:])
    return getattr(risk, name)


def wait(risk, parameters):
    """Seconds for which a change must be known."""
    more = parameters.insurance_cap > risk.insurance_cap or parameters.insurance_window_s < risk.insurance_window
    return max(risk.notice, max(risk.lp_cooldown, 7 * DAY * more) + DAY)


def renotice(old, new, state, in_force, model, wanted, now):
    """An announcement and what is in force after the model moved by a change."""
    state, in_force = notice.look(old, state, in_force, model, now)
    if wanted <= in_force:
        return Notice(), wanted
    if 0 < state.level >= wanted:
        ends = max(now, state.announced + old.notice)
    else:
        ends = now + max(old.notice, new.notice)
    return Notice(wanted, in_force, ends - new.notice), in_force


def normal(market, risk, now):
    """Why prices are not as new risk needs them."""
    sources = [market.price] + ([market.second] if market.second_source else [])
    if any(now - source.publish_time > risk.max_price_age for source in sources):
        return "PriceTooOld"
    prices = [source.oracle for source in sources]
    return "PricesDisagree" if max(prices) - min(prices) > mulf(risk.band, prices[0]) else None


def change(market, past, parameters, now):
    """Puts other parameters in force, and says what moved at once."""
    reasons, old, book, price = Reasons(), market.risk, market.book, market.price.oracle
    reasons.refuse("MarketNotOpen", market.status >= SETTLING)
    reasons.refuse("NavNotPositive", book.withheld)
    reasons.refuse("DeficitPending", book.deficit > 0)
    reasons.refuse("FundingNotAccrued", market.accrued < now)
    apart = max(DAY, past.lp_cooldown, old.lp_cooldown)
    reasons.refuse("ChangeTooSoon", past.changed_at != 0 and now < past.changed_at + apart)
    reasons.settle()
    risk = derive(parameters)
    for name, free in COSTS:
        reasons.refuse("ChangeTooLarge", cost(risk, name) > max(2 * cost(old, name), free))
    moved = abs(premium(risk, book.skew, price) - premium(old, book.skew, price))
    fullest = max(book.long.lots, book.short.lots)
    reasons.refuse("ChangeTooLarge", risk.tick_exponent != old.tick_exponent or moved > 10**6)
    # The engine's reciprocal is rounded up, by less than the fraction that is dropped here.
    reasons.refuse("ChangeTooLarge", steepness(risk, fullest) > risk.charge_treasury)
    reasons.refuse("NavNotPositive", nav(book, risk, price) < 0)
    highest = max(price, market.second.oracle)
    for rules in (old, risk):
        why = normal(market, rules, now)
        reasons.refuse(why, why is not None)
    reasons.refuse("ChangeTooLarge", risk.max_price < old.max_price and 8 * highest > risk.max_price)
    reasons.settle()

    risk.base_model, risk.key_scale = volatility.model(risk, market.volatility.variance)
    pairs = {
        "base": ("base_notice", old.base_model, risk.base_model),
        "impact": ("impact_notice", old.impact_model, risk.impact_model),
        "maintenance_floor": ("floor_notice", old.maintenance_floor_model, risk.maintenance_floor_model),
        "maintenance_cap": ("cap_notice", old.maintenance_cap_model, risk.maintenance_cap_model),
    }
    for name, (announced, model, wanted) in pairs.items():
        state, forced = renotice(old, risk, getattr(market, announced), getattr(old, name), model, wanted, now)
        setattr(market, announced, state)
        setattr(risk, name, forced)
    risk.maintenance_floor = min(risk.maintenance_floor, risk.maintenance_cap)
    if 2 * max(risk.charge, risk.venue_band) > risk.maintenance_floor:
        raise Refusal("ParameterOutOfBounds")
    full, held = risk.throttle_capacity, refilled(old, market.throttle, now)
    market.throttle = Throttle(max(-full, min(full, held.capacity)), held.updated)
    market.risk, market.look = risk, Look()
    market.cascade = cascade.running(risk, market.cascade, now)
    risk.cascade_multiple = cascade.multiple(risk, market.cascade, price)
    return Past(now, old.order_delay, old.order_window, old.clock_lag, old.lp_cooldown)


def steepness(risk, lots):
    """A skew over the skew scale, up as the reciprocal is, its last fraction dropped."""
    return -(-lots * risk.skew // 2**30) // 2**31
