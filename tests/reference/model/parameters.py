"""From what people write to what is multiplied with. `docs/parameters.md`, formulas 3 and 4."""

from dataclasses import dataclass, fields

from .exact import FINE, ONE, Fraction, Refusal, ceil, down, floor, isqrt, recip, times, up


@dataclass
class Parameters:
    """What an administrator chooses; the defaults are a SOL market as it would be listed."""

    tick_exponent: int = 3
    volatility_floor_ppm: int = 12_000
    volatility_cap_ppm: int = 1_000_000
    volatility_tau_s: int = 86_400
    sample_interval_s: int = 60
    notice_s: int = 86_400
    rise_ppm: int = 20_000
    confidence_milli: int = 4_000
    horizon_s: int = 60
    key_horizon_s: int = 60
    key_drift_ppm: int = 350_000
    close_cost_ppm: int = 6_000
    depth: int = 5_000_000_000_000
    maintenance_floor_ppm: int = 12_500
    maintenance_cap_ppm: int = 200_000
    rho_ppm: int = 550_000
    crowd_ppm: int = 100_000
    open_interest_ramp_ppm: int = 500_000
    profit_weight_ppm: int = 1_000_000
    profit_cap: int = 1_000_000_000_000
    charge_treasury_ppm: int = 3_500
    charge_flagger_ppm: int = 500
    charge_liquidator_ppm: int = 1_000
    charge_insurance_ppm: int = 1_000
    target_ppm: int = 1_100_000
    minimum_step: int = 50
    minimum_position: int = 100
    skew_scale: int = 20_000_000_000
    side_cap: int = 70_000_000
    position_cap: int = 20_000_000
    spread_ppm: int = 400
    confidence_spread_ppm: int = 250_000
    fee_ppm: int = 500
    execution_fee: int = 20_000
    stress_ppm: int = 200_000
    coverage_ppm: int = 20_000
    tolerance_ppm: int = 800_000
    max_price_age_s: int = 30
    max_confidence_ppm: int = 20_000
    band_ppm: int = 5_000
    stale_ppm: int = 200
    outage_gap_s: int = 60
    outage_grace_s: int = 120
    disagreement_s: int = 600
    silence_s: int = 604_800
    cascade_window_s: int = 60
    cascade_cap_ppm: int = 3_000_000
    funding_slope_ppm: int = 100_000
    funding_cap_ppm: int = 50_000
    adl_trigger_ppm: int = 25_000
    adl_target_ppm: int = 50_000
    settle_wait_s: int = 60
    settle_deadline_s: int = 604_800
    lp_cooldown_s: int = 86_400
    clock_lag_s: int = 1
    order_delay_s: int = 3
    order_window_s: int = 5
    entry_ttl_s: int = 30
    throttle_capacity: int = 1_000_000_000_000
    throttle_refill: int = 20_000_000_000
    insurance_window_s: int = 86_400
    insurance_cap: int = 100_000_000_000
    minimum_lp_deposit: int = 1_000_000_000
    venue_band_ppm: int = 5_000
    venue_fee_ppm: int = 100
    ema_band_ppm: int = 10_000_000
    cascade_limit_ppm: int = 11_000_000
    skew_cap: int = 2**55
    insurance_target: int = 0
    position_share_ppm: int = 1_000_000
    position_floor: int = 0
    depth_share_ppm: int = 1_000_000_000


BOUNDS = {
    "tick_exponent": (1, 12), "volatility_floor_ppm": (100, 500_000), "volatility_cap_ppm": (100, 1_000_000),
    "volatility_tau_s": (1, 2_592_000), "sample_interval_s": (1, 3_600), "notice_s": (600, 2_592_000),
    "rise_ppm": (1_000, 1_000_000), "confidence_milli": (1_000, 10_000), "band_ppm": (100, 100_000),
    "outage_gap_s": (30, 86_400), "outage_grace_s": (0, 600), "disagreement_s": (10, 86_400),
    "silence_s": (3_600, 2_592_000),
    "stale_ppm": (1, 10_000), "cascade_window_s": (10, 3_600), "cascade_cap_ppm": (1_000_000, 10_000_000),
    "funding_slope_ppm": (0, 10_000_000), "funding_cap_ppm": (0, 2_400_000), "settle_wait_s": (10, 86_400),
    "settle_deadline_s": (3_600, 2_592_000), "lp_cooldown_s": (3_600, 604_800),
    "horizon_s": (5, 86_400), "key_horizon_s": (5, 86_400), "key_drift_ppm": (250_000, 500_000),
    "close_cost_ppm": (0, 20_000), "depth": (2**30, 2**55), "maintenance_floor_ppm": (2_000, 200_000),
    "maintenance_cap_ppm": (5_000, 1_000_000), "rho_ppm": (500_000, 600_000), "crowd_ppm": (0, 1_000_000),
    "open_interest_ramp_ppm": (0, 4_000_000), "profit_weight_ppm": (0, 1_000_000), "profit_cap": (0, 2**59),
    "target_ppm": (1_000_000, 1_500_000), "minimum_step": (1, 2**55), "minimum_position": (1, 2**55), "position_cap": (1, 2**55), "tolerance_ppm": (500_000, 1_000_000),
    "entry_ttl_s": (5, 600), "throttle_capacity": (1, 2**59), "skew_scale": (2**30, 2**55), "side_cap": (1_000, 2**55),
    "spread_ppm": (0, 20_000), "confidence_spread_ppm": (0, 5_000_000), "fee_ppm": (0, 20_000),
    "execution_fee": (0, 10_000_000), "stress_ppm": (10_000, 1_000_000), "coverage_ppm": (0, 1_000_000),
    "venue_band_ppm": (0, 100_000), "venue_fee_ppm": (0, 20_000),
    "ema_band_ppm": (10_000, 10_000_000), "cascade_limit_ppm": (1_100_000, 11_000_000), "skew_cap": (1, 2**55),
    "insurance_target": (0, 2**59), "position_share_ppm": (1_000, 1_000_000), "position_floor": (0, 2**55),
    "depth_share_ppm": (1_000, 1_000_000_000),
    "minimum_lp_deposit": (1_000_000, 2**59), "max_price_age_s": (1, 600), "max_confidence_ppm": (100, 100_000),
    "clock_lag_s": (1, 59), "throttle_refill": (1, 2**59), "adl_trigger_ppm": (1_000, 1_000_000),
    "adl_target_ppm": (1_000, 1_000_000), "charge_treasury_ppm": (0, 100_000), "charge_flagger_ppm": (0, 100_000),
    "charge_liquidator_ppm": (0, 100_000), "charge_insurance_ppm": (0, 100_000), "order_delay_s": (2, 60), "order_window_s": (1, 60), "insurance_window_s": (60, 604_800), "insurance_cap": (
        0, 2**59
    ),
}
"""The hard bounds of single parameters, both inclusive."""


def root(seconds):
    """`sqrt(seconds / hour)` as a ratio, up: `isqrt(ceil(h 2^64 / 3600)) + 1`."""
    return isqrt(ceil(Fraction(seconds * FINE, 3600))) + 1


def deviations(milli, seconds):
    """`z sqrt(h)`, up."""
    return ceil(Fraction(milli * root(seconds), 1000))


def per_second(ppm_per_day):
    """A rate per day as one per second with 64 fraction bits, down."""
    return floor(Fraction(ppm_per_day * FINE, 86_400 * 10**6))


class Risk:
    """The constants of a market. Names are the engine's."""

    def __init__(self, p):
        sigma = up(p.volatility_floor_ppm)
        self.deviations = deviations(p.confidence_milli, p.horizon_s)
        self.key_deviations = deviations(3_000, p.key_horizon_s)
        self.close_cost = up(p.close_cost_ppm)
        self.base_model = self.base = times(sigma, self.deviations) + self.close_cost
        self.impact_model = self.impact = recip(p.depth)
        self.key_scale = times(sigma, self.key_deviations)
        self.key_drift = up(p.key_drift_ppm)
        self.maintenance_floor, self.maintenance_cap = up(p.maintenance_floor_ppm), up(p.maintenance_cap_ppm)
        self.maintenance_floor_model, self.maintenance_cap_model = self.maintenance_floor, self.maintenance_cap
        self.initial_multiple = ceil(Fraction(10**6 * ONE, p.rho_ppm))
        self.crowd = up(p.crowd_ppm)
        self.open_interest_ramp = ceil(Fraction(up(p.open_interest_ramp_ppm) * ONE, p.side_cap))
        self.cascade_multiple = ONE
        self.profit_weight, self.profit_cap = down(p.profit_weight_ppm), p.profit_cap
        self.volatility_floor, self.volatility_cap = sigma, up(p.volatility_cap_ppm)
        self.rise, self.band, self.stale = down(p.rise_ppm), down(p.band_ppm), up(p.stale_ppm)
        self.cascade_cap = up(p.cascade_cap_ppm)
        self.funding_slope, self.funding_cap = per_second(p.funding_slope_ppm), per_second(p.funding_cap_ppm)
        self.adl_trigger, self.adl_target = up(p.adl_trigger_ppm), up(p.adl_target_ppm)
        self.charge_treasury, self.charge_flagger = up(p.charge_treasury_ppm), up(p.charge_flagger_ppm)
        self.charge_liquidator = up(p.charge_liquidator_ppm)
        self.charge = (
            self.charge_treasury + self.charge_flagger + self.charge_liquidator + up(p.charge_insurance_ppm)
        )
        self.target, self.tolerance = up(p.target_ppm), up(p.tolerance_ppm)
        self.skew = recip(p.skew_scale)
        self.max_price = floor(Fraction(2**59, p.side_cap))
        self.spread, self.confidence_spread = up(p.spread_ppm), up(p.confidence_spread_ppm)
        self.fee, self.stress, self.coverage = up(p.fee_ppm), up(p.stress_ppm), up(p.coverage_ppm)
        self.max_confidence = down(p.max_confidence_ppm)
        self.venue_band, self.venue_fee = down(p.venue_band_ppm), up(p.venue_fee_ppm)
        self.ema_band, self.cascade_limit = down(p.ema_band_ppm), up(p.cascade_limit_ppm)
        self.position_share = down(p.position_share_ppm)
        self.depth_cap = min(2**59, floor(Fraction(p.depth * p.depth_share_ppm, 10**6)))
        for name in AS_WRITTEN:
            setattr(self, name, getattr(p, name))
        for name in SECONDS:
            setattr(self, name, getattr(p, name + "_s"))


AS_WRITTEN = (
    "minimum_step", "minimum_position", "side_cap", "position_cap", "execution_fee", "throttle_capacity",
    "throttle_refill", "insurance_cap", "minimum_lp_deposit", "tick_exponent",
    "skew_cap", "insurance_target", "position_floor",
)
"""Parameters that need no conversion."""
SECONDS = (
    "max_price_age", "clock_lag", "order_delay", "order_window", "entry_ttl", "insurance_window", "volatility_tau",
    "sample_interval", "notice", "cascade_window", "settle_wait", "settle_deadline", "lp_cooldown",
    "outage_gap", "outage_grace", "disagreement", "silence",
)
"""Times, which lose their unit in the name."""


def derive(p):
    """Checks the bounds of `docs/parameters.md`, then converts."""
    for field in fields(p):
        least, most = BOUNDS.get(field.name, (0, 2**64 - 1))
        if not least <= getattr(p, field.name) <= most:
            raise Refusal("ParameterOutOfBounds")
    risk = Risk(p)
    allowed = (
        Fraction(p.side_cap * ONE, p.skew_scale) <= risk.charge_treasury
        and 2 * max(risk.charge, risk.venue_band) <= risk.maintenance_floor <= risk.maintenance_cap
        and p.minimum_step <= p.minimum_position <= p.position_cap <= p.side_cap
        and 1 <= p.clock_lag_s < p.order_delay_s
        and 1 <= p.throttle_refill <= p.throttle_capacity
        and p.volatility_floor_ppm <= p.volatility_cap_ppm
        and p.sample_interval_s <= p.volatility_tau_s
        and 1_000 <= p.adl_trigger_ppm <= p.adl_target_ppm <= p.stress_ppm
    )
    if not allowed:
        raise Refusal("ParameterOutOfBounds")
    return risk
