"""An account: cash and the sum of its legs. Specification 3."""

from dataclasses import dataclass, field

from .exact import i64, u64
from .key import stress_of


@dataclass
class Health:
    """Equity against maintenance; `stresses` are the legs' signed sizes in stressed moves."""

    cash: int
    equity: int
    maintenance: int = 0
    credit: int = 0
    stresses: list = field(default_factory=list)

    @property
    def stress(self):
        """`S`: hedges count."""
        return stress_of(self.stresses)

    def add(self, leg):
        """Adds a leg."""
        self.equity = i64(self.equity + leg.counted)
        self.credit = u64(self.credit + leg.credit)
        self.maintenance = u64(self.maintenance + leg.maintenance)
        self.stresses.append(leg.stress if leg.long else -leg.stress)


def health(cash, legs):
    """An account's maintenance."""
    total = Health(cash, cash)
    for leg in legs:
        total.add(leg)
    return total


def no_worse(before, after):
    """Whether `E / MM` does not fall: `E' MM >= E MM'`. Without positions nothing is left to worsen."""
    return after.maintenance == 0 or after.equity * before.maintenance >= before.equity * after.maintenance


def withdrawable(equity, requirement, cash):
    """Cash above initial margin, and no more than there is."""
    return max(0, min(cash, equity - requirement))
