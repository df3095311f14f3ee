"""Vectors of the withdrawal limiter: just below, at and above every limit, in the same hour, the next, and days later."""

from dataclasses import replace

from ..model import limiter
from ..model.state import Limiter, Quota
from .registry import edge, transition
from .worlds import NOW

FLOWS = ("receive", "receive-for-shares", "withdraw", "pay-for-shares")
MOST = 2**62
EMPTY = (Limiter(), Quota())


def _flow(state, quota, flow, amount, total, now):
    given = {"limiter": state, "quota": quota, "flow": flow, "amount": amount, "total": total, "now": now}

    def act():
        seen = limiter.looked(state, total, now)
        hour, day = limiter.limits(seen)
        said = {
            "room": limiter.room(seen), "hour_limit": hour, "day_limit": day, "more_at": limiter.more_at(seen),
            "available": limiter.available(state, quota, total, now),
        }
        after, own, counted, allowed = state, quota, 0, 0
        if flow == "receive":
            after, own = limiter.receive(state, quota, amount, total, now)
        elif flow == "receive-for-shares":
            after = limiter.receive_for_shares(state, amount, total, now)
        elif flow == "withdraw":
            after, own, counted, allowed = limiter.withdraw(state, quota, amount, total, now)
        else:
            after, counted = limiter.pay_for_shares(state, amount, total, now), amount
        return said | {"limiter": after, "quota": own, "counted": counted, "allowed": allowed}

    return given, act


def _state(source):
    """A limiter that is possible, looked at an hour, a day or long ago."""
    gone = source.pick(0, 0, 1, source.whole(0, 3_600), source.whole(0, 200_000), 86_400, 2 * 86_400)
    last = NOW - gone
    state = Limiter(last // limiter.HOUR, last // limiter.DAY, 0, 0, source.pick(0, source.whole(0, MOST)), 0)
    hour, day = limiter.limits(state)
    out = source.pick(0, hour, source.whole(0, hour))
    return replace(
        state, hour_outflow=out, day_outflow=min(day, source.pick(out, day, source.whole(out, day))),
        minimum=source.pick(state.base, source.whole(0, MOST)),
    )


def _quota(source):
    day = NOW // limiter.DAY - source.pick(0, 0, 0, 1, 1, 2, 9)
    some = [source.pick(0, source.whole(0, MOST), source.whole(0, 10**12)) for _ in range(2)]
    return Quota(day, *some, source.pick(0, limiter.ALLOWANCE, source.whole(0, limiter.ALLOWANCE)))


@transition("outflow", 6)
def outflow(worlds, source):
    """Every kind of flow."""
    state, quota, flow = _state(source), _quota(source), source.pick(*FLOWS, "withdraw", "pay-for-shares")
    total = source.pick(state.minimum, source.whole(0, MOST), 2**63 - 1)
    room = limiter.room(limiter.looked(state, total, NOW))
    most = limiter.available(state, quota, total, NOW)
    own = limiter.owned(quota, NOW)
    marks = (room, most, own.fresh_before, own.fresh_before + own.fresh, most - room, total)
    amount = source.pick(source.beside(source.pick(*marks), 1, MOST), source.whole(1, MOST))
    return flow, *_flow(state, quota, flow, amount, total, NOW)


CASES = {
    "first-deposit": (*EMPTY, "receive", 5 * limiter.UNIT, 0, NOW),
    "the-floor": (*EMPTY, "pay-for-shares", limiter.FLOOR, 2**40, NOW),
    "above-the-floor": (*EMPTY, "pay-for-shares", limiter.FLOOR + 1, 2**37, NOW),
    "clock-steps-back": (Limiter(NOW, NOW, 0, 0, 0, 0), Quota(NOW, 0, 7, 0), "withdraw", 7, 8, NOW),
    "more-than-there-is": (*EMPTY, "withdraw", 10, 9, NOW),
}
for _case, _given in CASES.items():

    @edge("outflow", _case)
    def _cases(worlds, source, given=_given):
        return _flow(*given)
