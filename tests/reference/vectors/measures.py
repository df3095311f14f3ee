"""Vectors of volatility, notice, cascades and prices that disagree, are missing or are old."""

from dataclasses import replace

from ..model import acceptance, cascade, notice, valuation, volatility, watch, winding
from ..model.state import Cascade, Notice, Price, Volatility, Watch
from .history import doubt
from .margins import tune_nav
from .registry import edge, transition
from .worlds import NOW


def measured(source, market):
    """A variance of any size, and a last sample."""
    risk, price = market.risk, market.price.oracle
    edges = [(bound - 1) ** 2 for bound in (risk.volatility_floor, risk.volatility_cap)]
    variance = source.pick(0, *[source.beside(min(edge, 2**64 - 1)) for edge in edges], source.whole(0, 2**64 - 1))
    gap = source.pick(1, 60, source.whole(1, 10**6))
    sample = max(1, source.pick(price, source.about(price, 1), source.about(price), 1))
    return Volatility(variance, sample, market.price.publish_time - gap)


def update_after(source, market):
    """An update whose times are beside a sampling boundary."""
    interval = market.risk.sample_interval
    boundary = NOW // interval * interval
    published = min(NOW + 1, source.pick(NOW, source.beside(boundary, 1, NOW)))
    previous = source.pick(source.beside(boundary - 1, 0, published - 1), published - 1)
    oracle = max(1, min(market.risk.max_price, source.about(market.price.oracle, source.pick(0, 1, 10, 90))))
    return Price(oracle, 0, oracle, published, min(previous, published - 1))


def lower(source, risk):
    """Now and then floor and cap are in force below what was chosen."""
    if source.chance(30):
        risk.maintenance_cap = source.whole(risk.maintenance_floor // 2 + 1, risk.maintenance_cap)
        risk.maintenance_floor = min(risk.maintenance_cap, source.whole(1, risk.maintenance_floor))


@transition("observe", 4)
def observe(worlds, source):
    """Samples and updates that are none."""
    market = worlds.market(source)
    state = measured(source, market)
    if source.chance(10):
        state = Volatility()
    update = update_after(source, market)
    state.sampled_at = min(state.sampled_at, update.publish_time - 1)
    return "random", *_observe(market, state, update)


def _observe(market, state, update):
    risk = market.risk

    def act():
        after = volatility.observe(risk, state, update)
        base, key = volatility.model(risk, after.variance)
        deviation = volatility.sigma(risk, after.variance)
        return {"volatility": after, "sigma": deviation, "base": base, "key_scale": key}

    return {"parameters": market.parameters, "volatility": state, "update": update}, act


OBSERVATIONS = {
    "first-sample": (Volatility(), Price(150_000, 0, 150_000, 1_759_999_980, 1_759_999_979)),
    "on-the-boundary": (
        Volatility(2**40, 149_000, 1_759_999_000), Price(150_000, 0, 150_000, 1_759_999_980, 1_759_999_979)
    ),
    "before-the-boundary": (
        Volatility(2**40, 149_000, 1_759_999_000), Price(150_000, 0, 1, 1_759_999_979, 1_759_999_978)
    ),
    "price-doubles": (Volatility(0, 100, 1_759_999_979), Price(200, 0, 200, 1_759_999_980, 1_759_999_979)),
    "price-does-not-move": (Volatility(1, 100, 1_759_999_979), Price(100, 0, 100, 1_759_999_980, 1_759_999_979)),
}
for _case, (_state, _update) in OBSERVATIONS.items():

    @edge("observe", _case)
    def _observations(worlds, source, state=_state, update=_update):
        return _observe(worlds.market(source, "p0"), state, update)


@transition("notice", 5)
def notices(worlds, source):
    """Looks before and after notice, at a level that rises, falls or is just reached."""
    market = worlds.market(source)
    risk = market.risk
    in_force = source.pick(source.whole(1, 2**34), risk.impact, risk.base)
    top = 2**63
    model = source.pick(
        source.beside(in_force, 1), min(top, source.whole(in_force, 3 * in_force)), max(1, source.about(in_force))
    )
    state = Notice()
    if source.chance(75):
        start = min(in_force, max(1, source.about(in_force, source.pick(0, 0, 3))))
        level = min(top, max(in_force + 1, source.pick(model, source.whole(in_force + 1, 3 * in_force + 1))))
        gone = source.pick(
            source.beside(risk.notice, 0), risk.notice + source.whole(0, 40 * 3600), source.whole(0, 10**6)
        )
        state = Notice(level, start, NOW - gone)
    return "random", *_notice(market, state, in_force, model)


def _notice(market, state, in_force, model):
    given = {"parameters": market.parameters, "notice": state, "in_force": in_force, "model": model, "now": NOW}

    def act():
        after, forced = notice.look(market.risk, state, in_force, model, NOW)
        return {"notice": after, "in_force": forced}

    return given, act


@transition("cascade", 4)
def cascades(worlds, source):
    """Windows that just end, moves around 1 %, multiples around one and the cap."""
    market = worlds.market(source)
    risk, price = market.risk, market.price.oracle
    window = Cascade()
    if source.chance(75):
        started = NOW - source.pick(0, source.beside(risk.cascade_window, 0), source.whole(0, 2 * risk.cascade_window))
        begun = max(1, source.pick(price, price * 100 // 101, price * 101 // 100, source.about(price)))
        window = Cascade(started, begun, source.whole(1, 2**59))
    notional = source.pick(0, source.whole(1, 2**59))

    def act():
        after = cascade.after(risk, window, notional, price, NOW)
        return {
            "running": cascade.running(risk, window, NOW), "after": after, "multiple": cascade.multiple(
                risk, after, price
            )
        }

    return "random", {"market": market, "cascade": window, "notional": notional, "price": price, "now": NOW}, act


@transition("take-price", 5)
def take(worlds, source):
    """Everything that a new price moves."""
    market = worlds.market(source)
    risk = market.risk
    market.volatility = measured(source, market)
    risk.impact_model = worlds.risks[market.parameters].impact_model
    update = update_after(source, market)
    market.price.publish_time = update.publish_time - source.pick(1, 1, 1, 1, 1, 1, 0, 30)
    market.volatility.sampled_at = min(market.volatility.sampled_at, update.publish_time - 1)
    lower(source, risk)
    coefficients = (
        ("base_notice", "base"), ("impact_notice", "impact"), ("floor_notice", "maintenance_floor"),
        ("cap_notice", "maintenance_cap"),
    )
    for name, field in coefficients:
        if source.chance(60):
            start = getattr(risk, field)
            gone = source.pick(source.beside(risk.notice, 0), risk.notice + source.whole(0, 40 * 3600))
            setattr(market, name, Notice(min(2**63, max(start + 1, source.about(2 * start))), start, NOW - gone))
    if source.chance(60):
        market.cascade = Cascade(
            NOW - source.beside(risk.cascade_window, 0), market.price.oracle, source.whole(1, 2**55)
        )

    remember(source, market, update)

    def act():
        report = acceptance.accept(market, update, NOW)
        return report | {
            "price": market.price, "measured": market.volatility, "base_notice": market.base_notice,
            "impact_notice": market.impact_notice, "floor_notice": market.floor_notice,
            "cap_notice": market.cap_notice, "window": market.cascade, "key_scale": risk.key_scale,
            "watch": market.watch,
        }

    return "random", {"market": market, "update": update, "now": NOW}, act


def remember(source, market, update):
    """What a market remembers before an update: quiet intervals and gaps beside the limit, an outage that ends."""
    gap, last = market.risk.outage_gap, market.price.publish_time
    if source.chance(40):
        update.previous_publish_time = update.publish_time - source.beside(gap, 1)
    if source.chance(30):
        market.price.publish_time = last = update.publish_time - source.beside(gap, 1)
        update.previous_publish_time = source.pick(update.previous_publish_time, last, update.publish_time - 1)
    begins = source.pick(last - gap, update.previous_publish_time, source.beside(update.previous_publish_time))
    waits = source.pick(0, source.beside(NOW), watch.FOREVER)
    proof = source.pick(0, source.beside(NOW), NOW + 5)
    left = source.pick(0, 0, 1, 2, 3)
    market.watch = Watch(
        market.price.oracle, NOW - source.whole(0, 10**6), source.pick(0, NOW - source.whole(0, 10**5)),
        quiet_from=begins, quiet_until=source.pick(last, source.beside(update.publish_time)), proof_until=proof,
        updates_left=left, waits_until=watch.FOREVER if left else waits,
    )


@transition("tick", 1)
def tick(worlds, source):
    """The cluster's clock jumps by just what its slots explain, or more."""
    market = worlds.market(source)
    slots = source.pick(1, source.whole(0, 10**5))
    begun = NOW - source.beside(market.risk.outage_gap + slots, 0)
    state = Watch(slot=1_000, slot_at=source.pick(0, begun, begun), updates_left=source.pick(0, 1))
    given = {"parameters": market.parameters, "watch": state, "slot": 1_000 + slots, "now": NOW}
    return "random", given, lambda: {"watch": watch.ticked(market.risk, state, 1_000 + slots, NOW)}


@transition("wind-down", 3)
def wind_down(worlds, source):
    """Prices of about a hundred ticks, silences beside the limit, second looks beside their waits."""
    market = worlds.market(source, price=source.pick(None, 99, 100, 50))
    market.status = source.pick(0, 0, 0, 2, 3)
    market.book.deficit = source.pick(0, 0, 0, 0, 1)
    doubt(source, market, NOW)
    if source.chance(50):
        market.price.publish_time = NOW - source.pick(0, market.risk.max_price_age + 1)
    state = market.watch
    state.agreed, state.agreed_at = market.price.oracle, source.pick(0, NOW - source.beside(market.risk.silence, 1))
    if source.chance(60):
        state.winding_reason = source.pick(winding.COARSE, winding.SILENT)
        wait = source.pick(market.risk.settle_wait, winding.SILENT_WAIT, winding.COARSE_TTL)
        since = source.pick(NOW, market.price.publish_time)
        state.winding_at = source.pick(since - source.beside(wait, 0), source.beside(max(1, state.agreed_at)))

    def act():
        report = winding.look(market, NOW)
        if "price" in report:
            report["settled_at"] = report.pop("price")
        return report | {"status": market.status, "settlement": market.settlement, "watch": market.watch}

    return "random", {"market": market, "now": NOW}, act


@transition("take-second", 1)
def take_second(worlds, source):
    """Newer and older prices of a second source, of one that is not there, and in a market that settles."""
    market = worlds.market(source)
    market.status = source.pick(0, 0, 0, 0, 1, 2, 3, 4)
    update = update_after(source, market)
    market.second_source = source.chance(85)
    if market.second_source:
        market.second = replace(market.price, publish_time=update.publish_time - source.pick(0, 1, 1, 5))

    def act():
        acceptance.accept_second(market, update, NOW)
        return {"second": market.second, "first": market.price, "watch": market.watch}

    return "random", {"market": market, "update": update, "now": NOW}, act


@transition("value", 10)
def value(worlds, source):
    """Every state of the table: sources at the band, at the age limit, at what was seen before."""
    market = worlds.market(source)
    position = worlds.position(source, market)
    tune_nav(source, market)
    if market.status > 1:
        market.status = 0
    doubt(source, market, NOW)
    market.watch.waits_until = source.pick(0, 0, 0, 0, source.beside(NOW))
    market.watch.disagreed_since = source.pick(0, 0, NOW - source.beside(market.risk.disagreement, 1))
    newer = source.pick(None, None, source.beside(market.price.publish_time), source.beside(market.second.publish_time))

    given = {"market": market, "position": position, "now": NOW, "newer_than": newer}
    seen = valuation.value(position, market, NOW, newer)
    return seen["state"], given, lambda: valuation.value(position, market, NOW, newer)
