"""Accepting a price moves volatility, the model, what is in force, and the cascade's multiple. Formulas 3."""

from . import cascade, notice, volatility, watch
from .exact import Refusal
from .price import accept as require_acceptable, sources
from .state import SETTLING, Price


def accept(market, price, now):
    """A newer price of the first source; one that is late is taken as a sample only, if it comes after the last one, or as
    the proof of an outage."""
    risk, last = market.risk, market.price
    if market.status >= SETTLING:
        raise Refusal("MarketNotOpen")
    sampled, interval = volatility.is_sample(risk, price), risk.sample_interval
    after = price.publish_time // interval > market.volatility.sampled_at // interval
    older, young = price.publish_time <= last.publish_time, now - price.publish_time <= risk.max_price_age
    proves = older and watch.proves(risk, market.watch, price, now)
    samples = older and sampled and after and young
    late = samples or proves
    if proves and price.publish_time > now + risk.clock_lag:
        raise Refusal("PriceFromFuture")
    if not proves:
        require_acceptable(risk, price, Price() if late else last, now)
    if samples or not late:
        market.volatility = volatility.observe(risk, market.volatility, price)
    market.price = last if late else price
    if proves:
        market.watch = watch.begun(market.watch)
    if not late:
        market.watch = watch.taken(risk, market.watch, last, price, now)
        compare(market, now)
    sampled = sampled and (samples or not late)
    risk.base_model, risk.key_scale = volatility.model(risk, market.volatility.variance)
    market.base_notice, risk.base = notice.look(risk, market.base_notice, risk.base, risk.base_model, now)
    market.impact_notice, risk.impact = notice.look(risk, market.impact_notice, risk.impact, risk.impact_model, now)
    floors = (market.floor_notice, risk.maintenance_floor, risk.maintenance_floor_model)
    caps = (market.cap_notice, risk.maintenance_cap, risk.maintenance_cap_model)
    market.floor_notice, floor = notice.look(risk, *floors, now)
    market.cap_notice, risk.maintenance_cap = notice.look(risk, *caps, now)
    risk.maintenance_floor = min(floor, risk.maintenance_cap)
    market.cascade = cascade.running(risk, market.cascade, now)
    risk.cascade_multiple = cascade.multiple(risk, market.cascade, market.price.oracle)
    return {
        "sampled": sampled, "volatility": volatility.sigma(risk, market.volatility.variance),
        "base_model": risk.base_model, "base": risk.base, "impact": risk.impact, "cascade": risk.cascade_multiple,
        "floor": risk.maintenance_floor, "cap": risk.maintenance_cap,
    }


def accept_second(market, price, now):
    """A newer price of the second source: compared with the first, never measured."""
    if not market.second_source:
        raise Refusal("NoSecondSource")
    if market.status >= SETTLING:
        raise Refusal("MarketNotOpen")
    require_acceptable(market.risk, price, market.second, now)
    market.second = price
    compare(market, now)


def compare(market, now):
    """Remembers whether the sources agree, where none is missing."""
    seen = sources(market, now)
    if seen != "missing":
        market.watch = watch.compared(market.watch, seen == "agree", market.price.oracle, now)
