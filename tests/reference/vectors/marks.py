"""Vectors of variation margin."""

from ..model import mark
from ..model.exact import Refusal
from .accounts import account_of, cash_for, legs_given
from .registry import edge, transition
from .worlds import set_nav


@transition("mark", 10)
def marks(worlds, source):
    """Profits first, then losses in full or shared."""
    held = account_of(worlds, source)
    for _, market in held:
        if source.chance(50):
            set_nav(market, source.pick(0, -1, 10**14))
    losses = sum(max(0, -position.pnl(market.price.oracle)) for position, market in held)
    cash = source.pick(source.beside(losses), source.whole(0, max(1, losses)), cash_for(source, held))
    return "random", {"cash": min(cash, 2**62), "legs": legs_given(held)}, lambda: _mark(min(cash, 2**62), held)


def _mark(cash, held):
    cash, paid = mark.mark(cash, held)
    return {
        "cash": cash,
        "paid": paid,
        "legs": [{"position": position, "book": market.book} for position, market in held],
    }


def _two_losers(worlds, source, cash):
    """Two positions that lost 1,000,000 and 2,000,000 atoms."""
    held = []
    for loss in (1_000_000, 2_000_000):
        market = worlds.market(source, "p0", 150_000)
        position = worlds.position(source, market, 1_000, 150_000)
        extra = 150_000_000 + loss - position.cost
        position.cost += extra
        market.book.long.cost += extra
        held.append((position, market))
    return {"cash": cash, "legs": legs_given(held)}, lambda: _mark(cash, held)


MARKS = {
    "cash-exactly-enough": 3_000_000, "cash-one-short": 2_999_999, "no-cash": 0, "one-atom-for-two": 1,
    "cash-overflows": None,
}
for _case, _cash in MARKS.items():

    @edge("mark", _case)
    def _marks(worlds, source, cash=_cash):
        if cash is not None:
            return _two_losers(worlds, source, cash)
        market = worlds.market(source, "p0", 150_000)
        market.price.confidence, market.price.ema = 0, 150_000
        position = worlds.position(source, market, 1_000, 100_000)
        market.book.deficit = market.book.insurance_claim = 0
        set_nav(market, 10**13)
        held = [(position, market)]
        return {"cash": 2**64 - 1, "legs": legs_given(held)}, lambda: _mark(mark_overflow(2**64 - 1, held), held)


def mark_overflow(cash, held):
    """Cash that has no room for a profit."""
    mark.mark(cash, held)
    raise Refusal("Overflow")


@transition("share", 2)
def share(worlds, source):
    """Cash shared over losses in turn."""
    losses = [source.whole(0, 2**50) for _ in range(source.rng.randint(1, 8))]
    cash = source.pick(source.beside(sum(losses)), source.whole(0, max(1, sum(losses))), 0, 1)
    return "random", {"cash": cash, "losses": losses}, lambda: {"paid": mark.share(cash, losses)}
