"""What the guardian may hold a market to, and until when. Formulas 10."""

from .exact import Refusal
from .state import HALTED, REDUCE_ONLY, Hold

LONGEST = {REDUCE_ONLY: 259_200, HALTED: 86_400}
"""Seconds from the beginning of a hold."""


def level(hold, now):
    """The least severe status at a time."""
    floors = [REDUCE_ONLY] * (now < hold.opens) + [hold.level] * (now < hold.until)
    return max(floors, default=0)


def tighten(hold, wanted, now):
    """A hold begins, or the one that is on changes its level."""
    if wanted not in LONGEST:
        raise Refusal("ParameterOutOfBounds")
    held = now < hold.until
    rest = hold.until + max(hold.until - hold.since, 3_600)
    begins = hold.since if held else now
    ends = begins + LONGEST[wanted]
    if ends <= now or (not held and hold.until != 0 and now < rest):
        raise Refusal("GuardRests")
    return Hold(hold.opens, begins, ends, wanted)


def loosen(hold, now):
    """A hold ends before its time."""
    if now >= hold.until:
        raise Refusal("NothingHeld")
    return Hold(hold.opens, hold.since, now, hold.level)
