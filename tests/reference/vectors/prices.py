"""Vectors of parameters and prices."""

from dataclasses import asdict, replace

from ..model import price as prices
from ..model.exact import mulf
from ..model.parameters import BOUNDS, Parameters, derive
from ..model.state import Price
from .registry import edge, transition
from .worlds import NOW, random_parameters


def _derive(parameters):
    return {"parameters": asdict(parameters)}, lambda: vars(derive(parameters))


@transition("parameters", 2)
def parameters(worlds, source):
    """Random sets, and sets with one field at or beside its bound."""
    chosen = random_parameters(source)
    if source.chance(50):
        return "within", *_derive(chosen)
    name = source.pick(*BOUNDS)
    least, most = BOUNDS[name]
    widest = 2**8 - 1 if name == "tick_exponent" else 2**32 - 1
    if not isinstance(getattr(Parameters(), name), int) or name in WIDE_FIELDS:
        widest = 2**64 - 1
    value = source.pick(least, most, max(0, least - 1), min(widest, most + 1))
    return "bound", *_derive(replace(Parameters(), **{name: value}))


WIDE_FIELDS = {
    "depth", "profit_cap", "minimum_step", "minimum_position", "skew_scale", "side_cap", "position_cap",
    "execution_fee", "throttle_capacity", "throttle_refill", "insurance_cap", "minimum_lp_deposit",
    "skew_cap", "insurance_target", "position_floor",
}
"""Fields of 64 bits."""


@edge("parameters", "sol")
def sol(worlds, source):
    """The market that the tests use."""
    return _derive(Parameters())


@edge("parameters", "side-cap-over-skew-scale-too-large")
def steep(worlds, source):
    """Closing into the fullest skew would earn more than the treasury's part."""
    return _derive(replace(Parameters(), side_cap=70_000_002))


@edge("parameters", "charge-is-half-the-floor")
def half(worlds, source):
    """One part per million more than half of the floor."""
    return _derive(replace(Parameters(), charge_insurance_ppm=1_251))


@edge("parameters", "lag-equals-delay")
def lag(worlds, source):
    """An order could be cancelled when its update may exist."""
    return _derive(replace(Parameters(), clock_lag_s=3))


@transition("convert", 6)
def convert(worlds, source):
    """Prices of any exponent, at the largest price and at the widest confidence."""
    name = worlds.name(source)
    risk = worlds.risks[name]
    exponent = source.pick(-8, -8, -5, source.rng.randint(-30, 10))
    shift = exponent + risk.tick_exponent
    ticks = worlds.price(source, risk) if source.chance(90) else source.beside(risk.max_price)
    raw = ticks * 10**-shift if shift <= 0 else max(1, ticks // 10**shift)
    if shift < 0 and source.chance(50):
        raw += source.pick(1, -1) * (10**-shift // 2) + source.pick(-1, 0, 1)
    raw = max(1, min(2**63 - 1, raw))
    confidence = source.pick(
        0, mulf(risk.max_confidence, raw), source.beside(mulf(risk.max_confidence, raw)), raw // 1000
    )
    seen = {
        "price": source.pick(raw, raw, raw, raw, raw, raw, raw, raw, 0, -raw) if source.chance(50) else raw,
        "confidence": confidence,
        "ema": max(1, min(2**63 - 1, source.pick(raw, source.about(raw, 3)))),
        "exponent": exponent,
        "publish_time": NOW,
        "previous_publish_time": NOW - 1,
    }
    return "random", {"parameters": name, "observation": seen}, lambda: prices.convert(risk, seen)


def _seen(price, exponent, confidence=0, ema=None):
    return {
        "price": price, "confidence": confidence, "ema": price if ema is None else ema, "exponent": exponent,
        "publish_time": NOW, "previous_publish_time": NOW - 1,
    }


CONVERT = {
    "half-a-tick-goes-up": _seen(15_000_050_000, -8),
    "just-under-half-goes-down": _seen(15_000_049_999, -8),
    "dust-is-one-tick": _seen(1, -18),
    "confidence-goes-up": _seen(15_000_000_000, -8, 1),
    "zero": _seen(0, -8),
    "negative-average": _seen(15_000_000_000, -8, 0, -1),
    "largest-exponent": _seen(1, 15),
    "exponent-too-large": _seen(1, 16),
    "smallest-exponent": _seen(2**63 - 1, -21),
    "exponent-too-small": _seen(2**63 - 1, -22),
    "largest-number": _seen(2**63 - 1, -8),
    "overflow": _seen(2**63 - 1, 0),
}
for _case, _observation in CONVERT.items():

    @edge("convert", _case)
    def _convert(worlds, source, seen=_observation):
        risk = worlds.risks["p0"]
        return {"parameters": "p0", "observation": seen}, lambda: prices.convert(risk, seen)


@transition("accept", 3)
def accept(worlds, source):
    """Publish times beside the last one, the clock's lag and the age limit."""
    name = worlds.name(source)
    risk = worlds.risks[name]
    now = NOW
    published = source.pick(
        source.beside(now + risk.clock_lag), source.beside(now - risk.max_price_age), now - source.whole(0, 700)
    )
    last = Price(100, 0, 100, source.pick(source.beside(published), published - source.whole(1, 100)), 0)
    price = Price(100, 0, 100, published, published - 1)
    given = {"parameters": name, "price": price, "last": last, "now": now}
    return "random", given, lambda: prices.accept(risk, price, last, now) or {}


@transition("fresh", 1)
def fresh(worlds, source):
    """Ages beside the limit."""
    name = worlds.name(source)
    risk = worlds.risks[name]
    price = Price(100, 0, 100, source.pick(source.beside(NOW - risk.max_price_age), NOW + 1, 0), 0)
    given = {"parameters": name, "price": price, "now": NOW}
    return "random", given, lambda: prices.require_fresh(risk, price, NOW) or {}
