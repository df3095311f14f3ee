"""Vectors of changes of parameters and of the guardian's holds."""

from copy import deepcopy
from dataclasses import fields, replace

from ..model import change, guard
from ..model.exact import Refusal
from ..model.parameters import BOUNDS, derive
from ..model.state import Hold, Notice, Past
from .measures import lower, measured
from .registry import edge, transition
from .worlds import NOW

DAY = 86_400


def altered(source, old):
    """Parameters of which a few differ: a little, by a factor of two, or to an end of their bounds."""
    while True:
        chosen = old
        for _ in range(source.whole(0, 4)):
            name = source.pick(*[field.name for field in fields(old) if field.name != "tick_exponent"])
            least, most = BOUNDS[name]
            value = getattr(old, name)
            near = source.pick(source.beside(2 * value), source.beside(value), source.about(value), value // 2)
            chosen = replace(chosen, **{name: min(most, max(least, source.pick(near, near, near, least, most)))})
        if source.chance(2):
            chosen = replace(chosen, tick_exponent=source.whole(1, 12))
        try:
            derive(chosen)
        except Refusal:
            if not source.chance(3):
                continue
        return chosen


@transition("change", 8)
def changes(worlds, source):
    """Changes of a few parameters, in markets in any state."""
    market = worlds.market(source)
    risk = market.risk
    risk.impact_model = worlds.risks[market.parameters].impact_model
    market.price.publish_time = NOW - source.pick(0, 0, 0, source.whole(0, 40))
    market.volatility = measured(source, market)
    if source.chance(85):
        market.book.deficit, market.book.treasury = 0, max(market.book.treasury, 2**56)
    if source.chance(70):
        for side in (market.book.long, market.book.short):
            side.lots32 = min(side.lots32, 2**32 * source.whole(0, 10**6))
        market.book.short.lots32 = source.pick(market.book.long.lots32, market.book.short.lots32)
    lower(source, risk)
    fields_of = (
        ("base_notice", "base"), ("impact_notice", "impact"), ("floor_notice", "maintenance_floor"),
        ("cap_notice", "maintenance_cap"),
    )
    for name, field in fields_of:
        if source.chance(40):
            start = getattr(risk, field)
            gone = source.pick(source.beside(risk.notice, 0), source.whole(0, 2 * risk.notice))
            setattr(market, name, Notice(min(2**63, max(start + 1, source.about(2 * start))), start, NOW - gone))
    market.status = source.pick(0, 0, 0, 0, 0, 0, 1, 2, 3)
    market.book.withheld = market.status == 3 or source.chance(3)
    past = Past()
    if source.chance(40):
        cooldown = source.whole(3_600, 604_800)
        apart = max(DAY, cooldown, risk.lp_cooldown)
        past = Past(NOW - source.pick(source.beside(apart), 2 * apart, 2 * apart), 3, 5, 1, cooldown)
    return "random", *_change(market, past, altered(source, worlds.sets[market.parameters]))


def _change(market, past, parameters):
    given = {"market": market, "past": past, "next": parameters, "now": NOW}
    waits = change.wait(market.risk, parameters)
    market = deepcopy(market)

    def act():
        past_after = change.change(market, past, parameters, NOW)
        risk = market.risk
        return {
            "base": risk.base, "impact": risk.impact, "floor": risk.maintenance_floor, "cap": risk.maintenance_cap,
            "base_notice": market.base_notice, "impact_notice": market.impact_notice,
            "floor_notice": market.floor_notice, "cap_notice": market.cap_notice, "throttle": market.throttle,
            "window": market.cascade, "multiple": risk.cascade_multiple, "key_scale": risk.key_scale,
            "past": past_after, "waits": waits,
        }

    return given, act


@edge("change", "nothing")
def nothing(worlds, source):
    """The same parameters again."""
    market = worlds.market(source, "p0", 150_000)
    market.book.deficit, market.book.treasury, market.price.publish_time = 0, 2**56, NOW
    market.book.long.lots32 = market.book.short.lots32 = 0
    return _change(market, Past(), worlds.sets["p0"])


@transition("hold", 4)
def holds(worlds, source):
    """Levels set and let go, before, during and after holds of any length."""
    hold = Hold(source.pick(0, source.beside(NOW)), 0, 0, 0)
    if source.chance(80):
        level = source.pick(1, 2)
        longest = guard.LONGEST[level]
        lasted = source.pick(longest, source.whole(0, longest))
        since = NOW - source.pick(
            source.beside(lasted, 0), source.beside(2 * lasted, 0), source.beside(lasted + 3_600, 0), 86_400,
            source.whole(0, 600_000)
        )
        hold = Hold(hold.opens, since, since + lasted, level)
    wanted = source.pick(0, 1, 1, 2, 2, 2, 3, 255)

    def act():
        after = guard.loosen(hold, NOW) if wanted == 0 else guard.tighten(hold, wanted, NOW)
        return {"hold": after, "level": guard.level(after, NOW), "later": guard.level(after, NOW + 86_400)}

    return "random", {"hold": hold, "wanted": wanted, "now": NOW}, act
