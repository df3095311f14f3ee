"""Writes vectors: `python3 -m tests.reference --count N --seed S --out FILE`."""

import argparse
import json
from pathlib import Path

from .model.exact import Refusal
from .vectors import (
    accounts, actions, books, breakers, changes, closes, indices, keepers, limits, liquidations, margins, marks,
    measures, pools, prices, quotes, protection, settlements, trades, venues,
)
from .vectors.registry import TRANSITIONS, vector
from .vectors.source import Source
from .vectors.worlds import Worlds

GENERATORS = (
    prices, books, margins, accounts, closes, liquidations, marks, trades, pools, indices, settlements, measures,
    quotes, actions, keepers, protection, changes, limits, venues, breakers,
)
"""The modules whose import registers transitions."""
SETS = 48
"""Parameter sets."""


def lines(count, seed, only=()):
    """First the parameter sets that the others name, then the named cases, then the random ones."""
    worlds = Worlds(Source(seed, "worlds"), SETS)
    for name, chosen in worlds.sets.items():
        given, action = prices._derive(chosen)
        yield vector("parameters", name, f"set-{name}", given, action) | {"id": name}
    total = sum(weight for weight, _, _ in TRANSITIONS.values())
    for name, (weight, generator, edges) in TRANSITIONS.items():
        if only and name not in only:
            continue
        for case, build in edges:
            yield vector(name, case, case, *build(worlds, Source(seed, f"{name}/{case}")))
        for number in range(-(-count * weight // total)):
            yield vector(name, number, *attempt(generator, worlds, Source(seed, f"{name}/{number}")))


def attempt(generator, worlds, source):
    """What was built is now and then too large to exist: then another is built."""
    while True:
        try:
            return generator(worlds, source)
        except Refusal:
            continue


def main():
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=24_000, help="random vectors, named ones come on top")
    parser.add_argument("--seed", default="plimsoll")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", nargs="*", default=(), help="transitions, to look at a difference")
    options = parser.parse_args()
    options.out.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with options.out.open("w", encoding="ascii") as out:
        for line in lines(options.count, options.seed, options.only):
            out.write(json.dumps(line, separators=(",", ":")) + "\n")
            written += 1
    print(f"{written} vectors of {len(TRANSITIONS)} transitions in {options.out}")
