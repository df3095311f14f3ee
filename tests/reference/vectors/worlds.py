"""Markets, positions and accounts to act on."""

from copy import copy
from dataclasses import replace

from ..model.exact import FACTOR, ONE, Refusal
from ..model.nav import nav
from ..model.parameters import Parameters, derive
from ..model.ledger import trade
from ..model.state import Book, Cascade, Market, Position, Price, Throttle
from .history import move, stale

NOW = 1_760_000_000
"""The cluster time at which everything happens, more or less."""
USD = 10**6


def random_parameters(source):
    """Parameters within bounds, of any kind of asset."""
    treasury, flagger = source.whole(100, 20_000), source.whole(0, 2_000)
    liquidator, insurance = source.whole(0, 3_000), source.whole(0, 3_000)
    charge = treasury + flagger + liquidator + insurance
    floor = min(200_000, 2 * charge + source.whole(100, 20_000))
    cap = source.whole(max(floor, 5_000), 1_000_000)
    side_cap = source.whole(1_000, 2**46)
    scale = min(2**55, max(2**30, side_cap * 10**6 // treasury + 1))
    position_cap = source.whole(max(100, side_cap // 100), side_cap)
    minimum = source.whole(1, max(1, min(position_cap // 10, 100_000)))
    capacity = source.whole(USD, 2**59)
    delay = source.whole(2, 60)
    stress = source.whole(10_000, 1_000_000)
    target = source.whole(1_000, stress)
    trigger = source.whole(1_000, target)
    return Parameters(
        tick_exponent=source.whole(1, 12),
        volatility_floor_ppm=source.whole(100, 500_000),
        volatility_cap_ppm=source.whole(500_000, 1_000_000),
        volatility_tau_s=source.whole(3_600, 2_592_000),
        sample_interval_s=source.whole(1, 3_600),
        notice_s=source.whole(600, 2_592_000),
        rise_ppm=source.whole(1_000, 1_000_000),
        band_ppm=source.whole(100, 100_000),
        stale_ppm=source.whole(1, 10_000),
        outage_gap_s=source.whole(30, 86_400),
        outage_grace_s=source.whole(0, 600),
        disagreement_s=source.whole(10, 86_400),
        silence_s=source.whole(3_600, 2_592_000),
        cascade_window_s=source.whole(10, 3_600),
        cascade_cap_ppm=source.whole(1_000_000, 10_000_000),
        funding_slope_ppm=source.whole(0, 10_000_000),
        funding_cap_ppm=source.whole(0, 2_400_000),
        adl_trigger_ppm=trigger,
        adl_target_ppm=target,
        settle_wait_s=source.whole(10, 86_400),
        settle_deadline_s=source.whole(3_600, 2_592_000),
        lp_cooldown_s=source.whole(3_600, 604_800),
        confidence_milli=source.whole(1_000, 10_000),
        horizon_s=source.whole(5, 86_400),
        key_horizon_s=source.whole(5, 86_400),
        key_drift_ppm=source.whole(250_000, 500_000),
        close_cost_ppm=source.whole(0, 20_000),
        depth=source.whole(2**30, 2**55),
        maintenance_floor_ppm=floor,
        maintenance_cap_ppm=cap,
        rho_ppm=source.whole(500_000, 600_000),
        crowd_ppm=source.whole(0, 1_000_000),
        open_interest_ramp_ppm=source.whole(0, 4_000_000),
        profit_weight_ppm=source.pick(1_000_000, 1_000_000, source.whole(0, 1_000_000)),
        profit_cap=source.whole(0, 2**59),
        charge_treasury_ppm=treasury,
        charge_flagger_ppm=flagger,
        charge_liquidator_ppm=liquidator,
        charge_insurance_ppm=insurance,
        target_ppm=source.whole(1_000_000, 1_500_000),
        minimum_step=source.whole(1, minimum),
        minimum_position=minimum,
        skew_scale=min(2**55, scale * source.whole(1, 64)),
        side_cap=side_cap,
        position_cap=position_cap,
        spread_ppm=source.whole(0, 20_000),
        confidence_spread_ppm=source.whole(0, 5_000_000),
        fee_ppm=source.whole(0, 20_000),
        execution_fee=source.whole(0, 10_000_000),
        stress_ppm=stress,
        coverage_ppm=source.whole(0, 1_000_000),
        tolerance_ppm=source.whole(500_000, 1_000_000),
        max_price_age_s=source.whole(1, 600),
        max_confidence_ppm=source.whole(100, 100_000),
        clock_lag_s=source.whole(1, delay - 1),
        order_delay_s=delay,
        order_window_s=source.whole(1, 60),
        entry_ttl_s=source.whole(5, 600),
        throttle_capacity=capacity,
        throttle_refill=source.whole(1, capacity),
        insurance_window_s=source.whole(60, 604_800),
        insurance_cap=source.whole(0, 2**59),
        minimum_lp_deposit=source.whole(USD, 2**59),
        venue_band_ppm=source.whole(0, min(100_000, floor // 2)),
        venue_fee_ppm=source.whole(0, 20_000),
        ema_band_ppm=source.whole(10_000, 10_000_000),
        cascade_limit_ppm=source.whole(1_100_000, 11_000_000),
        skew_cap=source.whole(max(1, side_cap // 4), 2 * side_cap),
        insurance_target=source.whole(0, 2**46),
        position_share_ppm=source.pick(1_000_000, 1_000_000, source.whole(1_000, 1_000_000)),
        position_floor=source.whole(0, position_cap),
        depth_share_ppm=source.pick(1_000_000_000, 1_000_000_000, source.whole(1_000, 1_000_000_000)),
    )


class Worlds:
    """The parameter sets that vectors name, and what is built of them."""

    def __init__(self, source, count):
        self.sets, self.risks = {}, {}
        for number in range(count):
            while True:
                chosen = Parameters() if number == 0 else random_parameters(source)
                if number == 1:
                    chosen = replace(Parameters(), profit_weight_ppm=500_000, profit_cap=1_000 * USD)
                try:
                    self.risks[f"p{number}"] = derive(chosen)
                except Refusal:
                    continue
                self.sets[f"p{number}"] = chosen
                break

    def name(self, source):
        """A set: the realistic one half of the time."""
        return "p0" if source.chance(45) else source.pick(*self.sets)

    def market(self, source, name=None, price=None):
        """A market with a price and other people's positions; net asset value is large, or beside zero."""
        history = name is None
        name = name or self.name(source)
        risk = copy(self.risks[name])
        risk.base_model, risk.impact_model = source.beside(risk.base_model), source.beside(risk.impact_model)
        if source.chance(25):
            risk.base_model, risk.base = source.about(risk.base), source.about(risk.base)
            risk.cascade_multiple = source.whole(ONE, 3 * ONE)
        oracle = price or self.price(source, risk)
        market = Market(name, risk, self.quote(source, risk, oracle), Book(), Throttle())
        market.throttle = Throttle(
            source.whole(-risk.throttle_capacity, risk.throttle_capacity), NOW - source.whole(0, 100)
        )
        market.lp_shares = source.whole(0, 2**50)
        market.accrued = NOW
        for long in (True, False):
            self.crowd(source, market, long)
            if history and source.chance(30):
                move(source, market, long)
        market.book.treasury = source.pick(0, source.whole(0, 2**58), 20_000_000 * USD, 20_000_000 * USD)
        market.book.fees = source.whole(0, 2**40)
        market.book.deficit = source.pick(0, 0, 0, source.whole(0, 2**45))
        market.book.insurance_claim = source.pick(0, 0, source.whole(0, 2**40))
        if history and source.chance(20):
            begun = max(1, source.about(oracle, 2))
            market.cascade = Cascade(NOW - source.whole(0, 2 * risk.cascade_window), begun, source.whole(1, 2**50))
        market.insurance_own = source.whole(0, 2**45)
        market.insurance_window_start = NOW - source.whole(0, 2 * risk.insurance_window)
        market.insurance_drawn = source.whole(0, risk.insurance_cap)
        return market

    def price(self, source, risk):
        """An oracle price in ticks, mostly fine enough."""
        most = risk.max_price
        return source.pick(source.whole(1, most), min(most, source.about(150_000)), source.whole(min(1000, most), most))

    def quote(self, source, risk, oracle):
        """A price at `NOW`: certain, or with confidence and another average."""
        confidence = source.pick(0, 0, source.whole(0, max(0, risk.max_confidence * oracle // ONE)))
        ema = source.pick(oracle, oracle, max(1, min(risk.max_price, source.about(oracle, 5))))
        published = NOW - source.pick(0, 0, 1, risk.max_price_age)
        return Price(oracle, confidence, ema, published, published - source.pick(1, 1, 2, 30))

    def crowd(self, source, market, long):
        """Other people's positions on a side."""
        side, risk = market.book.side(long), market.risk
        lots = source.pick(0, source.whole(0, risk.side_cap // 2), source.whole(0, risk.side_cap // 2))
        if lots:
            side.attached = side.sized = source.whole(1, 1000)
            side.lots32 = lots * ONE
            cost = lots * max(1, source.about(market.price.oracle, 20)) + source.whole(0, 1000)
            side.cost = cost if long else -cost

    def position(self, source, market, lots=None, entry=None, current=False):
        """A position counted in its side's totals."""
        risk = market.risk
        old = lots is None and not current and source.chance(35)
        if lots is None:
            long = source.chance(50)
            room = min(risk.position_cap, risk.side_cap - market.book.side(long).lots)
            room = min(room, 2000) if source.chance(10) else room
            size = source.pick(source.whole(1, room), source.whole(min(risk.minimum_position, room), room))
            lots = size if long else -size
        price = entry or max(1, source.pick(source.about(market.price.oracle, 3), source.about(market.price.oracle)))
        position = Position()
        trade(market.book, position, lots, lots * price + source.whole(0, 100))
        return stale(source, market, position) if old else position

    def claim(self, source, market, amount, long):
        """A claim without lots."""
        position = Position(0, -amount, long, FACTOR, 0, 0, 0)
        side = market.book.side(long)
        side.cost -= amount
        side.attached += 1
        return position


def set_nav(market, wanted):
    """Moves the treasury until net asset value is as wanted, if a treasury can do it."""
    market.book.treasury = max(
        0, min(2**60, market.book.treasury + wanted - nav(market.book, market.risk, market.price.oracle))
    )
