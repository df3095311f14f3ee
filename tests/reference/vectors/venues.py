"""Vectors of fills between two accounts, and of grants."""

from copy import deepcopy

from ..model import margin, venue
from ..model.exact import Refusal, mulf
from ..model.state import Position
from .registry import edge, transition
from .trades import NO_REST
from .worlds import NOW, set_nav


def given(buyer, seller, market, lots, price):
    """A call of the model, and its input."""
    shown = {"buyer": buyer, "seller": seller, "market": market, "lots": lots, "price": price, "now": NOW}
    return shown, lambda: venue.venue_fill(buyer, seller, market, lots, price, NOW)


def account(cash, position, rest=None, flagged=False):
    """One of the two."""
    return {"cash": cash, "position": position, "rest": rest or NO_REST, "flagged": flagged}


def _position(worlds, source, market, current):
    """Nothing, a position, or a claim. Only the first of two may have something to catch up with."""
    if source.chance(25):
        return Position()
    if source.chance(6):
        return worlds.claim(source, market, source.whole(1, 2**40), source.chance(50))
    return worlds.position(source, market, current=current)


def _lots(source, market, held):
    """So many that either side closes, nearly closes, crosses zero, or of any size."""
    risk = market.risk
    sizes = [source.whole(1, risk.position_cap), source.beside(risk.minimum_position, 1)]
    for size in (abs(lots) for lots in held if lots):
        sizes += [size, size, source.whole(1, size), max(1, source.beside(size - risk.minimum_position, 1))]
    return source.pick(*sizes)


@transition("venue-fill", 12)
def venue_fills(worlds, source):
    """Fills at and beside the band, with cash that just pays loss, fee and margin."""
    market = worlds.market(source)
    if market.price.oracle < 1000 and source.chance(80):
        market = worlds.market(source, "p0", 150_000)
    market.status = source.pick(1, 2) if source.chance(8) else 0
    market.price.publish_time = NOW - (source.beside(market.risk.max_price_age) if source.chance(8) else 0)
    market.accrued = NOW - int(source.chance(3))
    positions = [_position(worlds, source, market, current) for current in (False, True)]
    source.rng.shuffle(positions)
    rest = NO_REST
    if source.chance(20):
        rest = {"equity": source.rng.randint(-(2**40), 2**42), "maintenance": source.whole(0, 2**40),
                "initial_equity": source.rng.randint(-(2**40), 2**42), "initial_requirement": source.whole(0, 2**41)}
    if source.chance(90):
        market.book.deficit = market.book.insurance_claim = 0
        set_nav(market, source.pick(2**57, 2**57, 2**57, market.book.treasury + 1))
    if source.chance(6):
        set_nav(market, source.pick(-1, 0, 1))
    oracle, width = market.price.oracle, mulf(market.risk.venue_band, market.price.oracle)
    price = source.whole(max(1, oracle - width), oracle + width)
    if source.chance(40):
        price = source.pick(oracle, source.beside(oracle + width), source.beside(oracle - width, 0))
    lots = _lots(source, market, [position.lots for position in positions])
    accounts = [account(source.pick(2**58, 2**58, source.whole(0, 2**50)), position, rest, source.chance(5))
                for position in positions]
    case = _tune(source, accounts, market, lots, price)
    return (case, *given(*accounts, market, lots, price))


def _tune(source, accounts, market, lots, price):
    """Looks at a generous fill and puts the cash of one side at a boundary."""
    rich = [deepcopy(one) | {"cash": 2**59} for one in accounts]
    try:
        report = venue.venue_fill(*rich, deepcopy(market), lots, price, NOW)
    except Refusal:
        return "random"
    which = source.rng.randrange(2)
    side, kind = report["buyer" if which == 0 else "seller"], source.rng.randrange(4)
    one, after, spent = accounts[which], side["position"], side["fee"] - side["settled"]
    grown = deepcopy(market)
    grown.book = report["book"]
    if kind == 0:
        one["cash"] = max(0, source.beside(max(0, spent)))
        return "loss-and-fee"
    if kind == 1 and not after.empty:
        counted, required = margin.initial_leg(after, grown, grown.book, market.price)
        rest = one["rest"]
        wanted = required + rest["initial_requirement"] - counted - rest["initial_equity"] + spent
        one["cash"] = max(0, min(2**59, source.beside(max(0, wanted))))
        return "initial-margin"
    if kind == 2 and not after.empty:
        counted = margin.leg(after, grown, market.price.oracle).counted
        one["cash"] = max(0, min(2**59, source.beside(max(0, spent - counted - one["rest"]["equity"]))))
        return "no-equity"
    before = margin.leg(one["position"], market, market.price.oracle) if not one["position"].empty else None
    if kind == 3 and not after.empty and before is not None:
        later, rest = margin.leg(after, grown, market.price.oracle), one["rest"]
        old, new = before.maintenance + rest["maintenance"], later.maintenance + rest["maintenance"]
        lost = (before.counted + rest["equity"]) * new - (later.counted + rest["equity"] - spent) * old
        if old > new:
            one["cash"] = max(0, min(2**59, source.beside(max(0, -(-lost // (old - new))))))
            return "health"
    return "random"


def _plain(worlds, source, held, lots, price=150_000, **changes):
    """Two accounts in a plain SOL market at $150 with $20M of liquidity, who entered at these prices."""
    market = worlds.market(source, "p0", 150_000)
    market.status = changes.get("status", 0)
    market.price.publish_time, market.price.confidence, market.price.ema = NOW, 0, 150_000
    market.book.deficit = market.book.insurance_claim = 0
    market.book.withheld = changes.get("withheld", False)
    accounts = []
    for size, entry in held:
        position = worlds.position(source, market, size, entry) if size else Position()
        accounts.append(account(changes.get("cash", 10**12), position, None, changes.get("flagged", False)))
    set_nav(market, changes.get("nav", 20_000_000_000_000))
    return given(*accounts, market, lots, price)


NOBODY = (0, 0)
FILLS = {
    "both-open": ((NOBODY, NOBODY), 1_000, {}),
    "both-close": (((-1_000, 149_000), (1_000, 149_000)), 1_000, {}),
    "loser-sells-to-winner": (((-1_000, 160_000), (1_000, 160_000)), 1_000, {}),
    "one-takes-over": ((NOBODY, (1_000, 149_000)), 1_000, {}),
    "both-cross-zero": (((-1_000, 149_000), (1_000, 149_000)), 3_000, {}),
    "more-loss-than-cash": (((-1_000, 140_000), (1_000, 149_000)), 1_000, {"cash": 5_000_000}),
    "band-above": ((NOBODY, NOBODY), 1_000, {"price": 150_749}),
    "beyond-the-band": ((NOBODY, NOBODY), 1_000, {"price": 150_750}),
    "half-the-price": ((NOBODY, (1_000, 150_000)), 1_000, {"price": 75_000}),
    "reduce-only-market": (((-1_000, 149_000), (1_000, 149_000)), 500, {"status": 1}),
    "reduce-only-market-and-somebody-new": ((NOBODY, (1_000, 149_000)), 500, {"status": 1}),
    "halted": (((-1_000, 149_000), (1_000, 149_000)), 500, {"status": 2}),
    "flagged-shrink": (((-1_000, 149_000), (1_000, 149_000)), 500, {"flagged": True}),
    "flagged-grow": ((NOBODY, NOBODY), 500, {"flagged": True}),
    "no-value": (((-1_000, 149_000), (1_000, 149_000)), 500, {"nav": 0}),
    "withheld": (((-1_000, 149_000), (1_000, 149_000)), 500, {"withheld": True}),
}
for _case, (_held, _size, _changes) in FILLS.items():

    @edge("venue-fill", _case)
    def _fills(worlds, source, held=_held, lots=_size, changes=_changes):
        return _plain(worlds, source, held, lots, **changes)


@transition("grant", 1)
def grant(worlds, source):
    """Uses at the limit, the lots and the time."""
    lots, limit, expires = source.whole(1, 2**40), source.whole(1, 2**40), NOW + source.whole(0, 100)
    granted = {"lots": lots, "limit": limit, "expires_at": expires, "buys": source.chance(50)}
    used, price, now = source.beside(lots), source.beside(limit), source.beside(expires)
    buys = granted["buys"] if source.chance(90) else not granted["buys"]
    shown = {"grant": granted, "buys": buys, "lots": used, "price": price, "now": now}
    return "random", shown, lambda: venue.use_grant(granted, buys, used, price, now)
