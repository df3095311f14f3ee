"""What is stored: prices, positions, sides, a market's book, a market. Formulas 1."""

from dataclasses import dataclass, field
from typing import Any

from .exact import FACTOR, i64


@dataclass
class Price:
    """A price in ticks."""

    oracle: int = 0
    confidence: int = 0
    ema: int = 0
    publish_time: int = 0
    previous_publish_time: int = 0


@dataclass
class Position:
    """`lots` held and what they cost, with the side's indices at its last touch."""

    lots: int = 0
    cost: int = 0
    long: bool = True
    factor: int = FACTOR
    value: int = 0
    funding: int = 0
    epoch: int = 0
    stage: int = 0

    def pnl(self, price):
        """`lots p - cost`: exact. At zero lots a negative cost is a claim."""
        return i64(self.lots * price - self.cost)

    @property
    def size(self):
        """Lots without a side."""
        return abs(self.lots)

    @property
    def empty(self):
        """Neither lots nor a claim."""
        return self.lots == 0 and self.cost == 0


@dataclass
class Side:
    """Totals of one side's positions, and its indices."""

    lots32: int = 0
    cost: int = 0
    owed: int = 0
    factor: int = FACTOR
    value: int = 0
    funding: int = 0
    epoch: int = 0
    attached: int = 0
    sized: int = 0
    previous: int = 0
    end_factor: int = 0
    end_value: int = 0
    end_funding: int = 0

    @property
    def lots(self):
        """Whole lots: the fraction is dropped."""
        return self.lots32 // 2**32


@dataclass
class Book:
    """Treasury and both sides."""

    treasury: int = 0
    long: Side = field(default_factory=Side)
    short: Side = field(default_factory=Side)
    fees: int = 0
    deficit: int = 0
    insurance_claim: int = 0
    withheld: bool = False

    def side(self, long):
        """The totals that a long or a short belongs to."""
        return self.long if long else self.short

    @property
    def skew(self):
        """`L_long - L_short`, in whole lots."""
        return self.long.lots - self.short.lots


@dataclass
class Throttle:
    """Liquidation capacity as of a time."""

    capacity: int = 0
    updated: int = 0


@dataclass
class Limiter:
    """What left the vault in an hour and a day, what it held at least on the day before, and on this one so far."""

    hour: int = 0
    day: int = 0
    hour_outflow: int = 0
    day_outflow: int = 0
    base: int = 0
    minimum: int = 0


@dataclass
class Quota:
    """What an account brought on the day before and on this one, and what left it beyond the limit."""

    day: int = 0
    fresh_before: int = 0
    fresh: int = 0
    spent: int = 0


@dataclass
class Volatility:
    """The variance per hour with 64 fraction bits, and the last sample."""

    variance: int = 0
    sample: int = 0
    sampled_at: int = 0


@dataclass
class Notice:
    """An announced rise: its level, what was in force then, and when that was. A level of zero is none."""

    level: int = 0
    start: int = 0
    announced: int = 0


@dataclass
class Past:
    """Times that what began before the last change keeps, and when that was."""

    changed_at: int = 0
    order_delay: int = 0
    order_window: int = 0
    clock_lag: int = 0
    lp_cooldown: int = 0


@dataclass
class Hold:
    """The guardian's: when the market opens, the hold's beginning and end, and its level."""

    opens: int = 0
    since: int = 0
    until: int = 0
    level: int = 0


@dataclass
class Cascade:
    """What was liquidated in a window: its beginning and the price then."""

    started: int = 0
    price: int = 0
    liquidated: int = 0


@dataclass
class Look:
    """A first look at deleveraging: the price seen, when it was published and looked at, and the heavier side."""

    price: int = 0
    publish_time: int = 0
    looked: int = 0
    long: bool = False


@dataclass
class Round:
    """Claims that share a pot, and what of it is not paid yet."""

    claims: int = 0
    pot: int = 0
    unpaid: int = 0


@dataclass
class Settlement:
    """From the first look on: its publish time, when the last step was, the price, positions left, two rounds."""

    looked: int = 0
    since: int = 0
    price: int = 0
    open: int = 0
    first: Round = field(default_factory=Round)
    second: Round = field(default_factory=Round)
    fixed: int = 0


@dataclass
class Watch:
    """What is remembered of the sources: agreement, the cluster's clock, outages, a look at winding down."""

    agreed: int = 0
    agreed_at: int = 0
    disagreed_since: int = 0
    slot: int = 0
    slot_at: int = 0
    quiet_from: int = 0
    quiet_until: int = 0
    proof_until: int = 0
    updates_left: int = 0
    waits_until: int = 0
    winding_at: int = 0
    winding_reason: int = 0


@dataclass
class Market:
    """One market; `parameters` names the set that `risk` was derived from."""

    parameters: str
    risk: Any
    price: Price = field(default_factory=Price)
    book: Book = field(default_factory=Book)
    throttle: Throttle = field(default_factory=Throttle)
    lp_shares: int = 0
    insurance_own: int = 0
    insurance_window_start: int = 0
    insurance_drawn: int = 0
    status: int = 0
    accrued: int = 0
    look: Look = field(default_factory=Look)
    settlement: Settlement = field(default_factory=Settlement)
    second: Price = field(default_factory=Price)
    second_source: bool = False
    volatility: Volatility = field(default_factory=Volatility)
    base_notice: Notice = field(default_factory=Notice)
    impact_notice: Notice = field(default_factory=Notice)
    floor_notice: Notice = field(default_factory=Notice)
    cap_notice: Notice = field(default_factory=Notice)
    cascade: Cascade = field(default_factory=Cascade)
    watch: Watch = field(default_factory=Watch)


ACTIVE, REDUCE_ONLY, HALTED, SETTLING, SETTLED = range(5)
