"""Down at once, up after notice and slowly. Formulas 3, in force."""

from .exact import Fraction, floor, mulf
from .state import Notice


def look(risk, notice, in_force, wanted, now):
    """The announcement and what is in force after a look at the model."""
    if wanted <= in_force:
        return Notice(), wanted
    if notice.level == 0:
        return Notice(wanted, in_force, now), in_force
    level = min(notice.level, wanted)
    seconds = max(0, now - (notice.announced + risk.notice))
    start = notice.start
    risen = start + floor(Fraction(mulf(risk.rise, start) * seconds, 3600))
    in_force = max(in_force, min(level, risen))
    if in_force >= level:
        return Notice(), in_force
    return Notice(level, start, notice.announced), in_force
