"""Vectors of how much of a leg is closed."""

from ..model import account, close, liquidation, margin, valuation
from ..model.exact import ONE, Refusal
from ..model.state import Throttle
from .history import doubt
from .margins import tune_nav
from .registry import edge, transition
from .worlds import NOW, set_nav


def lone(worlds, source, name=None):
    """A position, its market and the rest of its account, under maintenance by any part of it."""
    market = worlds.market(source, name)
    position = worlds.position(source, market)
    if source.chance(20):
        tune_nav(source, market)
    newer = None
    if source.chance(30):
        doubt(source, market, NOW)
        newer = source.pick(None, None, source.beside(market.price.publish_time))
    seen = valuation.value(position, market, NOW, newer)
    at, closable = seen["leg"], seen["closable"]
    if at.size == 0:
        raise Refusal("NothingToClose")
    others = source.pick((0, 0), (0, 0), (source.whole(0, 2**40), source.whole(0, 2**40)))
    required = at.maintenance + others[1]
    charged = close.cost(market.risk, at) * at.notional // ONE
    wanted = source.pick(
        source.beside(required - 1), source.beside(charged), source.whole(1, max(1, required)),
        source.whole(1, max(1, required)), source.whole(1, max(1, required)),
    )
    cash = max(0, min(2**61, wanted - at.counted - others[0]))
    total = account.Health(cash, cash + others[0], others[1])
    total.add(at)
    given = {
        "market": market, "position": position, "cash": cash, "others": {"equity": others[0], "maintenance": others[1]},
        "now": NOW, "newer_than": newer,
    }
    return market, position, at, total, given, closable


@transition("close-size", 12)
def close_size(worlds, source):
    """The smallest size, from one atom under maintenance down to one charge above nothing."""
    while True:
        market, position, at, total, given, closable = lone(worlds, source)
        if total.equity >= total.maintenance or not closable:
            continue
        rises = market.risk.target * market.risk.maintenance_floor > close.cost(market.risk, at) * ONE
        if at.price >= 100 and (rises or at.size <= 2000):
            break
    risk, price = market.risk, at.price
    size = close.smallest(risk, total, at, price)
    case = "urgent" if close.is_urgent(risk, total, at) else "all" if size == at.size else "part"
    return case, given, lambda: {"size": close.close_size(risk, total, at, price)}


def _sol_close(worlds, source, lots, wanted, **bounds):
    """A SOL position whose equity is `wanted(leg, risk)`."""
    market = worlds.market(source, "p0", 150_000)
    market.risk.__dict__.update(bounds)
    position = worlds.position(source, market, lots, 150_000)
    set_nav(market, 10**13)
    at = margin.leg(position, market, 150_000)
    cash = max(0, wanted(at, market.risk) - at.counted)
    total = account.Health(cash, cash)
    total.add(at)
    given = {"market": market, "position": position, "cash": cash, "others": {"equity": 0, "maintenance": 0},
             "now": NOW, "newer_than": None}
    return given, lambda: {"size": close.close_size(market.risk, total, at, 150_000)}


CLOSES = {
    "floor-binds": (1_000_000, lambda at, risk: at.maintenance - 1, {"base": 1}),
    "cap-binds": (19_000_000, lambda at, risk: at.maintenance - 1, {"base": 2**31}),
    "quadratic": (19_000_000, lambda at, risk: at.maintenance * 2 // 3, {}),
    "one-charge-left": (1_000_000, lambda at, risk: risk.charge * at.notional // ONE, {}),
    "one-charge-and-an-atom-left": (1_000_000, lambda at, risk: risk.charge * at.notional // ONE + 1, {}),
    "minimum-position-would-remain": (120, lambda at, risk: at.maintenance - 1, {}),
    "minimum-step": (100_000, lambda at, risk: at.maintenance - 1, {"target": ONE}),
}
for _case, (_lots, _wanted, _bounds) in CLOSES.items():

    @edge("close-size", _case)
    def _closes(worlds, source, lots=_lots, wanted=_wanted, bounds=_bounds):
        return _sol_close(worlds, source, lots, wanted, **{k: v for k, v in bounds.items() if k == "base"})


@transition("payable-size", 2)
def payable_size(worlds, source):
    """Cash that pays exactly so many lots."""
    held = source.whole(1, 2**40)
    wanted = source.whole(1, held)
    loss = source.whole(1, 2**50)
    cash = source.pick(source.beside(-(-loss * wanted // held)), source.whole(0, 2 * loss), 0)
    pnl = source.pick(-loss, -loss, -loss, 0, loss)
    given = {"pnl": pnl, "cash": cash, "held": held, "wanted": wanted}
    return "random", given, lambda: {"size": close.payable_size(pnl, cash, held, wanted)}


@transition("step-size", 8)
def step_size(worlds, source):
    """A close size under the throttle."""
    while True:
        market, position, at, total, given, closable = lone(worlds, source)
        if total.equity >= total.maintenance or not closable:
            continue
        rises = market.risk.target * market.risk.maintenance_floor > close.cost(market.risk, at) * ONE
        if at.price >= 100 and (rises or at.size <= 2000):
            break
    risk, price = market.risk, at.price
    step = min(risk.minimum_step * price, risk.throttle_capacity)
    if source.chance(60):
        market.throttle = Throttle(
            min(risk.throttle_capacity, source.pick(source.beside(step), step * source.whole(1, 20))), NOW
        )
    return "random", given, lambda: {"size": liquidation.step_size(market, total, at, NOW)}
