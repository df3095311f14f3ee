"""Accepting a price moves volatility, the model, what is in force, and the cascade's multiple. Formulas 3."""

from . import cascade, notice, volatility
from .exact import Refusal
from .price import accept as require_acceptable
from .state import SETTLING


def accept(market, price, now):
    """A newer price of the first source."""
    risk = market.risk
    if market.status >= SETTLING:
        raise Refusal("MarketNotOpen")
    require_acceptable(risk, price, market.price, now)
    sampled = volatility.is_sample(risk, price)
    market.volatility = volatility.observe(risk, market.volatility, price)
    risk.base_model, risk.key_scale = volatility.model(risk, market.volatility.variance)
    market.base_notice, risk.base = notice.look(risk, market.base_notice, risk.base, risk.base_model, now)
    market.impact_notice, risk.impact = notice.look(risk, market.impact_notice, risk.impact, risk.impact_model, now)
    market.cascade = cascade.running(risk, market.cascade, now)
    risk.cascade_multiple = cascade.multiple(risk, market.cascade, price.oracle)
    market.price = price
    return {
        "sampled": sampled, "volatility": volatility.sigma(risk, market.volatility.variance),
        "base_model": risk.base_model, "base": risk.base, "impact": risk.impact, "cascade": risk.cascade_multiple,
    }
