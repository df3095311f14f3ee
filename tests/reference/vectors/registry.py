"""Which transitions have vectors, and how many of each hundred they get."""

from dataclasses import fields, is_dataclass

from ..model.exact import Refusal
from ..model.state import Market, Position, Side

TRANSITIONS = {}
"""Name to (weight, random generator, named cases)."""


def transition(name, weight):
    """Registers a generator of random vectors: it takes a source and gives `(case, input, action)`."""

    def register(generator):
        TRANSITIONS[name] = (weight, generator, [])
        return generator

    return register


def edge(name, case):
    """Registers a named case: it takes a source and gives `(input, action)`."""

    def register(generator):
        TRANSITIONS[name][2].append((case, generator))
        return generator

    return register


WIDE = {"lots32", "owed", "value", "funding", "end_value", "end_funding"}
"""Fields of more than 64 bits, written as strings."""
IN_FORCE = (
    "base_model", "base", "impact_model", "impact", "maintenance_floor", "maintenance_cap", "key_scale",
    "cascade_multiple",
)
"""Constants that move after a market was created."""


def encode(value):
    """A value as JSON has it."""
    if isinstance(value, Position) and value.empty:
        return {"lots": 0, "cost": 0}
    if isinstance(value, Position) and value.lots == 0:
        return {"lots": 0, "cost": value.cost, "long": value.long, "stage": value.stage}
    if isinstance(value, Market):
        plain = {field.name: encode(getattr(value, field.name)) for field in fields(value) if field.name != "risk"}
        return plain | {"in_force": {name: getattr(value.risk, name) for name in IN_FORCE}}
    if is_dataclass(value):
        plain = {field.name: encode(getattr(value, field.name)) for field in fields(value)}
        wide = WIDE if isinstance(value, (Position, Side)) else ()
        return {name: str(item) if name in wide else item for name, item in plain.items()}
    if isinstance(value, dict):
        return {name: encode(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [encode(item) for item in value]
    return value


def vector(name, number, case, given, action):
    """Encodes the input, then acts: an action may change what it was given."""
    line = {"id": f"{name}-{number}", "transition": name, "case": f"{name}/{case}", "input": encode(given)}
    try:
        return line | {"output": encode(action())}
    except Refusal as refusal:
        return line | {"error": refusal.names}
