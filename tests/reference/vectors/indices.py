"""Vectors of sides that were deleveraged and funded: touching, accruing, looking, reducing."""

from copy import deepcopy

from ..model import adl, funding, touch
from ..model.exact import FACTOR, ONE
from ..model.nav import claims
from ..model.settlement import LOOK_LIFE
from ..model.state import Look, Side
from .history import move, stale
from .registry import edge, transition
from .worlds import NOW, set_nav


@transition("touch", 8)
def touches(worlds, source):
    """From anywhere in this epoch or the last."""
    market = worlds.market(source)
    move(source, market, True)
    move(source, market, False)
    position = stale(source, market, worlds.position(source, market, current=True))
    case = "previous-epoch" if position.epoch != market.book.side(position.long).epoch else "same-epoch"
    return case, *_touch(market, position)


def _touch(market, position):
    book, price = market.book, market.price.oracle
    given = {"book": book, "position": position, "price": price}

    def act():
        touch.touch(book, position, price)
        return {"book": book, "position": position}

    return given, act


def _plain(worlds, source, lots):
    """A SOL market in which one position is all there is."""
    market = worlds.market(source, "p0", 150_000)
    market.book.long, market.book.short = Side(), Side()
    position = worlds.position(source, market, lots, 150_000)
    return market, position


@edge("touch", "nothing-to-do")
def touch_nothing(worlds, source):
    """A position that is where its side is."""
    return _touch(*_plain(worlds, source, 1_000))


@edge("touch", "half-is-gone")
def touch_half(worlds, source):
    """Half of an odd number of lots: the fraction is closed."""
    market, position = _plain(worlds, source, -1_001)
    side = market.book.short
    side.factor, side.value = FACTOR // 2, FACTOR // 2 * 140_000
    side.lots32 = 1_001 * ONE // 2
    return _touch(market, position)


@edge("touch", "nothing-is-left")
def touch_all(worlds, source):
    """A lot that deleveraging made less than one: its position ends with a claim or a debt."""
    market, position = _plain(worlds, source, 1)
    side = market.book.long
    side.factor, side.value = FACTOR // 3, FACTOR * 2 // 3 * 160_000
    side.lots32 = ONE // 3 + 1
    return _touch(market, position)


@edge("touch", "funding-of-less-than-an-atom")
def touch_dust(worlds, source):
    """A payment rounds up to an atom, a receipt down to none."""
    market, position = _plain(worlds, source, 1)
    market.book.long.funding = 1
    return _touch(market, position)


@transition("accrue", 6)
def accrue(worlds, source):
    """Any time since the last accrual, also at a stale price."""
    market = worlds.market(source)
    move(source, market, True)
    move(source, market, False)
    age = market.risk.max_price_age
    market.accrued = NOW - source.pick(0, 1, source.whole(0, 1000), source.whole(0, 10**6))
    market.price.publish_time = NOW - source.pick(0, 1, age, source.beside(age, 0), source.whole(0, 2 * age))
    market.status = source.pick(0, 0, 0, 0, 0, 0, 1, 2, 3)
    if source.chance(20):
        market.book.withheld = True
        market.settlement.looked = source.beside(NOW - market.risk.settle_wait - LOOK_LIFE, 1)
        market.settlement.price = market.price.oracle if market.status == 3 else 0
    return "random", *_accrue(market, NOW)


def _accrue(market, now):
    def act():
        report = funding.accrue(market, now)
        looked = market.settlement.looked
        return report | {"book": market.book, "accrued": market.accrued, "looked": looked}

    return {"market": market, "now": now}, act


@edge("accrue", "balanced-sides")
def accrue_balanced(worlds, source):
    """Without skew nobody pays."""
    market, _ = _plain(worlds, source, 1_000)
    worlds.position(source, market, -1_000, 150_000)
    market.accrued = NOW - 10
    return _accrue(market, NOW)


@edge("accrue", "stale-time-is-free")
def accrue_stale(worlds, source):
    """A price that was stale before the last accrual."""
    market, _ = _plain(worlds, source, 1_000)
    market.price.publish_time, market.accrued = NOW - 1_000, NOW - 500
    return _accrue(market, NOW)


def _heavier(worlds, source):
    """A market whose heavier side has won, with net asset value beside the trigger."""
    while True:
        market = worlds.market(source)
        book, price = market.book, market.price.oracle
        market.book.deficit = 0
        move(source, market, True)
        move(source, market, False)
        if book.skew == 0:
            worlds.position(source, market)
        long, side = book.skew > 0, book.side(book.skew > 0)
        if claims(book, long, price) <= 0 and source.chance(85):
            gain = source.whole(0, max(1, side.lots * price // 2))
            side.cost = side.lots * price * (1 if long else -1) - gain
        if book.skew:
            return market, long


@transition("deleverage", 8)
def deleverage(worlds, source):
    """First and second looks, early, late, at other prices; net asset value at the trigger, the target and zero."""
    market, long = _heavier(worlds, source)
    risk, price = market.risk, market.price.oracle
    notional = abs(market.book.skew) * price
    set_nav(market, source.pick(
        source.beside(-(-risk.adl_trigger * notional // ONE)), 0, -1, source.whole(0, max(1, notional // 10)),
        -source.whole(0, 2**40),
    ))
    if source.chance(8):
        market.book.deficit = 1
    if source.chance(80):
        published = market.price.publish_time - source.pick(0, 1, 1, 1, 5)
        looked = NOW - source.pick(0, 1, 1, risk.entry_ttl, risk.entry_ttl + 1)
        side = long if source.chance(92) else not long
        market.look = Look(max(1, min(risk.max_price, source.about(price, 10))), published, looked, side)
    if market.look.price and market.look.long != long:
        market.look = Look()
    market.accrued = NOW
    return "random", *_look(market)


def _look(market):
    def act():
        report = adl.look(market, NOW)
        return report | {"book": market.book, "waiting": market.look}

    return {"market": market, "now": NOW}, act


@transition("reduce", 4)
def reduce(worlds, source):
    """Reducing a side to any size, down to where a new epoch begins or none can."""
    market, long = _heavier(worlds, source)
    side = market.book.side(long)
    side.previous = source.pick(0, 0, 1)
    small = max(1, side.lots >> source.rng.randint(0, 40))
    kept = source.pick(0, 1, side.lots, small, source.whole(0, side.lots))
    price = max(1, source.about(market.price.oracle))
    given = {"side": deepcopy(side), "long": long, "keep": kept, "price": price}

    def act():
        return adl.reduce(side, long, kept, price) | {"side": side}

    return "random", given, act
