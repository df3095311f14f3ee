#!/usr/bin/env python3
"""Puts ten faults into the engine, switches on one at a time, and sees which methods catch it.

    faults.py [--fault ID]... [--method METHOD]...

Each method works on its own copy of the tracked files, under `$PLIMSOLL_CACHE/faults`; they run side by side. All ten
faults are compiled into the copy, each as `if fault(n) { wrong } else { right }`, and the environment says which is on:
so each method compiles once. For each fault a method runs only what is expected to catch it, and that must pass with no
fault on first. A place that is not in the engine exactly once is a fault that no longer applies, which is a failure
too. Fails unless everything expected was caught, and each fault by two methods at least.
"""
import argparse
import collections
import concurrent.futures
import dataclasses
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
HOME = pathlib.Path(os.environ.get("PLIMSOLL_CACHE") or pathlib.Path.home() / ".cache/plimsoll")
CACHE = HOME / "faults"
ENGINE = "crates/engine/src"
# Engine actions: as many as `make stateful` does.
ACTIONS = 3_000_000
# What takes longer was not caught.
SECONDS = 1_200
LEAST = 2


@dataclasses.dataclass
class Fault:
    """A fault, and what each method that should catch it runs: nothing where it is not expected to."""

    id: str
    what: str
    file: str
    # Where it is: `{}` stands for what is right, and for what is wrong instead.
    place: str
    right: str
    wrong: str
    # Parts of names of tests.
    engine: tuple = ()
    # Transitions of the reference model.
    vectors: tuple = ()
    # Parts of names of rules.
    exhaustive: tuple = ()
    # Numbers of actions of the state machine.
    stateful: tuple = ()
    # Transitions of the symbolic engine.
    prove: tuple = ()

    def put_into(self, text, number):
        """The source with the fault in it, switched off."""
        found = text.count(self.place.format(self.right))
        if found != 1:
            sys.exit(f"{self.id}: {self.file} has {found} times, not once: {self.place.format(self.right)}")
        both = f"(if crate::fault({number}) {{ {self.wrong} }} else {{ {self.right} }})"
        return text.replace(self.place.format(self.right), self.place.format(both))


FAULTS = (
    Fault(
        "rounding", "a leg's maintenance requirement is rounded down", "margin.rs",
        "maintenance: {},", "ratio.mul_ceil(notional)?", "ratio.mul_floor(notional)?",
        engine=("margin::",), vectors=("leg",), exhaustive=("account/flag-and-liquidate",), stateful=(ACTIONS,),
    ),
    Fault(
        "sign", "a short's cost falls, instead of rising, by what deleveraging paid him", "side.rs",
        "{}", "cost.plus(value.signed()?)", "cost.minus(value.signed()?)",
        engine=("deleverage::", "side::"), vectors=("touch",), exhaustive=("side/touch",), stateful=(ACTIONS,),
        prove=("touch-deleveraged",),
    ),
    Fault(
        "missed-leg", "an account's maintenance is that of its last leg", "account.rs",
        "{}", "self.maintenance.plus(leg.maintenance)?", "leg.maintenance",
        engine=("margin::", "survey::", "liquidate"), vectors=("health",), exhaustive=("account/flag-and-liquidate",),
        stateful=(ACTIONS,),
    ),
    Fault(
        "stale-index", "a touched position keeps the funding index that it had", "side.rs",
        "cost,\n            indices: {},", "self.indices",
        "Indices { funding: position.indices.funding, ..self.indices }",
        engine=("funding::", "side::"), vectors=("touch",), exhaustive=("side/touch",),
        stateful=(ACTIONS,),
    ),
    Fault(
        "share-price", "shares that leave a pool are worth an atom more", "shares.rs",
        "{}", "plain.min(diluted)", "plain.min(diluted).saturating_add(lit(1))",
        engine=("shares::", "exit::"), vectors=("worth",), exhaustive=("exit/what-shares-are-worth",),
        stateful=(ACTIONS,), prove=("worth",),
    ),
    Fault(
        "charge", "a liquidation's charge may exceed the account's equity", "liquidation.rs",
        "{}", "due.min(next.cash).min(equity.gain())", "due.min(next.cash)",
        engine=("liquidation::", "liquidate"), vectors=("liquidate",), exhaustive=("liquidation/close",),
        stateful=(ACTIONS,), prove=("liquidate",),
    ),
    Fault(
        "deficit", "a bankrupt's cash does not reduce the deficit that it is paid for", "bankruptcy.rs",
        "{}", "closed.deficit.minus(share)?", "closed.deficit",
        engine=("bankruptcy::",), vectors=("bankruptcy",), exhaustive=("bankruptcy/two-legs",), stateful=(ACTIONS,),
        prove=("bankrupt",),
    ),
    Fault(
        "factor", "the factor of deleveraging is rounded down", "deleverage.rs",
        "let factor = {};", "math::mul_div_ceil(from.factor, keep.0, side.lots.0)?",
        "math::mul_div_floor(from.factor, keep.0, side.lots.0)?",
        engine=("deleverage::",), vectors=("reduce",), exhaustive=("deleverage/reduce",), prove=("deleverage",),
    ),
    Fault(
        "fraction", "a claim is paid its fraction of what is left of the pot", "settlement.rs",
        "math::mul_div_floor(claim.0, {}.0, self.claims.0)", "self.pot", "self.unpaid",
        engine=("settlement::",), vectors=("pay-claim",), exhaustive=("settlement/equal-fractions",),
        stateful=(ACTIONS,), prove=("pay-claims",),
    ),
    Fault(
        "cap", "what a window of shared insurance has paid is not counted against its cap", "insurance.rs",
        "{}.min(self.shared)", "market.risk.insurance_cap.saturating_minus(drawn)", "market.risk.insurance_cap",
        engine=("insurance::",), vectors=("draw",), exhaustive=("insurance/draw",),
        stateful=(ACTIONS,), prove=("draw",),
    ),
)


# Which fault is on: none while the variable is not set. At the end of the engine's lib.rs, in the copy only.
SWITCH = """
extern crate std;

pub(crate) fn fault(number: u8) -> bool {
    static ON: std::sync::OnceLock<u8> = std::sync::OnceLock::new();
    *ON.get_or_init(|| std::env::var("PLIMSOLL_FAULT").ok().and_then(|text| text.parse().ok()).unwrap_or(0)) == number
}
"""


class Method:
    """One method, in its own copy of the tree. `run` is true when all that it was given passes."""

    def __init__(self, name):
        self.name = name
        self.tree = CACHE / name / "tree"
        self.environment = dict(os.environ, CARGO_TARGET_DIR=str(CACHE / name / "target"), RUST_BACKTRACE="0")
        self.environment.pop("PLIMSOLL_FAULT", None)

    def switch(self, fault):
        """One of them on, the others off."""
        self.environment["PLIMSOLL_FAULT"] = str(number_of(fault))

    def call(self, *command, cwd=".", **environment):
        try:
            return subprocess.run(
                command, cwd=self.tree / cwd, env=self.environment | environment, text=True, check=False,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=SECONDS,
            )
        except subprocess.TimeoutExpired:
            return subprocess.CompletedProcess(command, 0, "not in time")

    def must(self, *command, **how):
        done = self.call(*command, **how)
        if done.returncode:
            sys.exit(f"{self.name}: {' '.join(command)} failed\n{done.stdout[-4000:]}")
        return done.stdout

    def binary(self, profile, name):
        return str(CACHE / self.name / "target" / profile / name)

    def prepare(self, chosen):
        """What does not depend on the engine, for everything that will be run."""

    def missing(self):
        """Why it cannot run here."""
        return None


class Engine(Method):
    """The engine's own tests, compiled as for its mutants."""

    TESTS = ("cargo", "test", "--quiet", "--profile", "mutants", "-p", "plimsoll-engine", "--test", "engine")

    def build(self):
        self.must(*self.TESTS, "--no-run")

    def run(self, tests):
        done = self.call(*self.TESTS, "--", *tests, PLIMSOLL_CASES_DIVISOR="25")
        if not re.search(r"running [1-9]", done.stdout):
            sys.exit(f"engine: no test is called {' or '.join(tests)}\n{done.stdout[-2000:]}")
        return done.returncode == 0


class Vectors(Method):
    """The reference model's vectors of some transitions."""

    def prepare(self, chosen):
        self.file = CACHE / self.name / "vectors.jsonl"
        self.must(sys.executable, "-m", "tests.reference", "--out", str(self.file), "--only", *sorted(chosen))

    def build(self):
        self.must("cargo", "build", "--quiet", "-p", "plimsoll-vectors")

    def run(self, transitions):
        # It fails for the transitions that were not made, so what counts is the line of each that was.
        table = self.call(self.binary("debug", "plimsoll-vectors"), PLIMSOLL_VECTORS=str(self.file)).stdout
        lines = {name: re.search(rf"^{name} +\d+ +\d+ +(\d+)$", table, re.MULTILINE) for name in transitions}
        if None in lines.values():
            sys.exit(f"vectors: no result\n{table[-2000:]}")
        return all(line[1] == "0" for line in lines.values())


class Exhaustive(Method):
    """Rules of the engine of 8 bits."""

    def build(self):
        self.must("cargo", "build", "--release", "--quiet", "-p", "plimsoll-exhaustive", cwd="proofs")

    def run(self, rules):
        return all(self.call(self.binary("release", "plimsoll-exhaustive"), rule).returncode == 0 for rule in rules)


class Stateful(Method):
    """The state machine from its usual seed. What is accepted too rarely fails it too."""

    def build(self):
        self.must("cargo", "build", "--quiet", "--profile", "machine", "-p", "plimsoll-machine")

    def run(self, actions):
        machine = self.binary("machine", "plimsoll-machine")
        return all(self.call(machine, str(count)).returncode == 0 for count in actions)


class Prove(Method):
    """Obligations of some symbolic transitions."""

    PYTHON = HOME / "solvers/bin/python"

    def missing(self):
        return None if self.PYTHON.exists() else "its solvers are not installed: `make faults` does that"

    def build(self):
        self.must("cargo", "build", "--release", "--quiet", "-p", "plimsoll-prove", cwd="proofs")

    def run(self, transitions):
        out = CACHE / self.name / "scripts"
        for transition in transitions:
            shutil.rmtree(out, ignore_errors=True)
            explored = self.call(self.binary("release", "prove"), str(out), transition,
                                 Z3=str(self.PYTHON.with_name("z3")))
            if explored.returncode:
                return False
            # It also fails when the second solver leaves too much open, which says nothing of the engine.
            solved = self.call(str(self.PYTHON), "proofs/solve.py", str(out), "--only", transition).stdout
            if " passed, " not in solved:
                sys.exit(f"prove: no result\n{solved[-2000:]}")
            if re.search("^FAILED ", solved, re.MULTILINE):
                return False
        return True


METHODS = {kind.__name__.lower(): kind for kind in (Engine, Vectors, Exhaustive, Stateful, Prove)}


def number_of(fault):
    return FAULTS.index(fault) + 1


def faulty():
    """Files of the engine with all faults in them, off."""
    files = {"lib.rs": (ROOT / ENGINE / "lib.rs").read_text() + SWITCH}
    for fault in FAULTS:
        text = files.get(fault.file) or (ROOT / ENGINE / fault.file).read_text()
        files[fault.file] = fault.put_into(text, number_of(fault))
    return {f"{ENGINE}/{name}": text.encode() for name, text in files.items()}


def copy_into(tree):
    """The tracked files, and the faults. What is there already keeps its time, so that cargo compiles little."""
    changed = faulty()
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        source, copy = ROOT / name, tree / name
        if source.is_file():
            wanted = changed.get(name) or source.read_bytes()
            if not copy.is_file() or copy.read_bytes() != wanted:
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(wanted)


def judge(name, faults):
    """What one method makes of each fault: `(method, fault): verdict`."""
    method = METHODS[name](name)
    faults = [fault for fault in faults if getattr(fault, name)]
    why = method.missing()
    if why or not faults:
        print(f"{name}: not run; {why or 'nothing is expected of it'}", flush=True)
        return {}
    copy_into(method.tree)
    chosen = list(dict.fromkeys(part for fault in faults for part in getattr(fault, name)))
    method.prepare(chosen)
    method.build()
    broken = {part for part in chosen if not method.run((part,))}
    print(f"{name}: without a fault fails: {', '.join(broken) or 'nothing'}", flush=True)
    verdicts = {}
    for fault in faults:
        method.switch(fault)
        if broken.intersection(getattr(fault, name)):
            verdicts[name, fault.id] = "fails anyway"
        else:
            verdicts[name, fault.id] = "not" if method.run(getattr(fault, name)) else "caught"
        print(f"{name}: {fault.id}: {verdicts[name, fault.id]}", flush=True)
    return verdicts


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--fault", action="append", choices=[fault.id for fault in FAULTS])
    arguments.add_argument("--method", action="append", choices=METHODS)
    arguments = arguments.parse_args()
    faults = [fault for fault in FAULTS if fault.id in (arguments.fault or [fault.id])]
    names = arguments.method or list(METHODS)
    faulty()
    verdicts, failed = {}, False
    with concurrent.futures.ThreadPoolExecutor() as pool:
        for running in [pool.submit(judge, name, faults) for name in names]:
            try:
                verdicts |= running.result()
            except SystemExit as error:
                print(error)
                failed = True
    print("| fault | " + " | ".join(names) + " |\n|---|" + "---|" * len(names))
    for fault in faults:
        cells = (verdicts.get((name, fault.id), "not run") for name in names)
        print(f"| `{fault.id}`: {fault.what} | " + " | ".join(cells) + " |")
    caught = collections.Counter(fault for (_, fault), verdict in verdicts.items() if verdict == "caught")
    few = [fault.id for fault in faults if caught[fault.id] < LEAST]
    if few and not arguments.method:
        print(f"caught by fewer than {LEAST} methods: {', '.join(few)}")
    missed = [f"{name} misses {fault}" for (name, fault), verdict in verdicts.items() if verdict != "caught"]
    print("\n".join(missed) or f"{len(verdicts)} of {len(verdicts)} cells caught")
    sys.exit(1 if failed or missed or (few and not arguments.method) else 0)


if __name__ == "__main__":
    main()
