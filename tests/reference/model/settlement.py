"""Settlement in two rounds. Formulas 6."""

from dataclasses import dataclass

from .exact import Fraction, ceil, floor


@dataclass
class Rounds:
    """Claims registered, and what was fixed for them."""

    claims: int = 0
    late: int = 0
    pot: int = 0
    rest_claims: int = 0
    rest_pot: int = 0
    paid: int = 0


def closable(cash, lots, loss):
    """Lots of a losing position that the cash can close, and what the close pays."""
    if cash >= loss:
        return lots, loss
    closed = floor(Fraction(cash * lots, loss))
    return closed, ceil(Fraction(loss * closed, lots))


def fix_first(rounds, treasury):
    """Round one: `pot = min(treasury, claims)`."""
    rounds.pot = min(treasury, rounds.claims)


def fix_second(rounds, treasury):
    """Round two: what is left of the claims, and the late ones."""
    rounds.rest_claims = rounds.claims - rounds.pot + rounds.late
    rounds.rest_pot = min(treasury - (rounds.pot - rounds.paid), rounds.rest_claims)


def first_part(rounds, claim):
    """`floor(claim pot / claims)`."""
    return floor(Fraction(claim * rounds.pot, rounds.claims))


def second_part(rounds, rest):
    """`floor(rest pot2 / claims2)`."""
    return floor(Fraction(rest * rounds.rest_pot, rounds.rest_claims)) if rounds.rest_claims else 0
