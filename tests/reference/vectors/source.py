"""Randomness that likes boundaries. The same seed gives the same vectors everywhere."""

from random import Random


class Source:
    """Draws of one vector."""

    def __init__(self, seed, name):
        self.rng = Random(f"{seed}/{name}")

    def pick(self, *options):
        """One of them."""
        return options[self.rng.randrange(len(options))]

    def chance(self, percent):
        """Whether it happens."""
        return self.rng.randrange(100) < percent

    def whole(self, least, most):
        """An integer of `least..most`, of any size: the ends are likely, and so is every number of digits."""
        if most <= least:
            return least
        kind = self.rng.randrange(10)
        if kind == 0:
            return least
        if kind == 1:
            return most
        if kind < 5:
            return self.rng.randint(least, most)
        span = (most - least).bit_length()
        return min(most, least + self.rng.getrandbits(self.rng.randint(1, span)))

    def beside(self, value, least=0, most=2**64 - 1):
        """The value, or a neighbour."""
        return max(least, min(most, value + self.pick(-2, -1, -1, 0, 0, 0, 0, 1, 1, 2)))

    def about(self, value, percent=30):
        """A value within so many percent."""
        spread = value * percent // 100
        return value + self.rng.randint(-spread, spread) if spread else value + self.rng.randint(-1, 1)
