#!/usr/bin/env python3
"""Asks z3 and cvc5 about every query that `prove` wrote, and compares the answers with the manifest.

    solve.py <directory of scripts> [--write] [--only PREFIX]

A script has one line a step. Queries begin with `;!`, what a product stands for with `;@`, typical inputs with `;?`
(symbolic/terms/src/script.rs). Claims, branches that were left out and results that fit must be `unsat` on every path, for
both solvers: first over the rationals with products as mere names, then, where that is not enough, over the integers with
their definitions. A control must be `sat` on some path, with definitions, and the path of every obligation too; cvc5 is given z3's inputs and must agree.
Anything else fails: an answer other than the expected one, no answer in time, an obligation that the manifest does not
list, or one that it lists and nobody claimed. `--write` writes the manifest anew.
"""
import argparse
import collections
import json
import multiprocessing
import pathlib
import random
import subprocess
import sys
import time

import cvc5
import z3

MANIFEST = pathlib.Path(__file__).with_name("manifest.json")
PROCESSES = 2
# Milliseconds for one question: over the rationals, and otherwise.
LINEAR_MS, EXACT_MS = 3_000, 20_000
# What cvc5 may leave open: it must confirm this share of all obligations, on every path, and may deny none.
CONFIRMED = 0.9
CVC5_EXACT_MS = 1_000
# Paths on which an example is looked for, and random choices of inputs on each.
EXAMPLE_PATHS, EXAMPLE_TRIES = 12, 12
# A path that takes this many seconds is named.
SLOW_S = 20
UNSAT_ROLES = ("claim", "branch", "fits")
LOGICS = (("QF_LRA", "over the rationals"), ("QF_NIA", "with products defined"),
          ("open", "left open"))
Z3 = pathlib.Path(sys.executable).with_name("z3")


class Script:
    """One path: lines, and queries at their places."""

    def __init__(self, path):
        self.path = path
        self.lines, self.products, self.typical, self.queries = [], [], {}, []
        lines = iter(path.read_text().splitlines())
        for line in lines:
            if line.startswith(";!"):
                role, _, name = line[3:].partition(" ")
                next(lines)  # (push 1)
                assertion = next(lines)
                next(lines), next(lines)  # (check-sat) (pop 1)
                self.queries.append((role, name, len(self.lines), assertion))
            elif line.startswith(";@"):
                self.products.append((len(self.lines), line[3:]))
            elif line.startswith(";?"):
                name, value = line[3:].rsplit(" ", 1)
                self.typical[name] = int(value)
            else:
                self.lines.append(line)

    def text(self, query, exact):
        _, _, place, assertion = query
        products = [text for at, text in self.products if at <= place] if exact else []
        return "\n".join(self.lines[:place] + products + [assertion])


def z3_linear(script, queries):
    """The answers to all linear queries of a path, in their order."""
    text = "\n".join(["(set-option :timeout %d)" % LINEAR_MS, "(set-logic QF_LRA)", linear(script, queries)])
    done = subprocess.run([Z3, "-in"], input=text, capture_output=True, text=True, check=False)
    return done.stdout.split("\n")[:-1]


def linear(script, queries):
    """All queries of a path over the rationals, which have all the integers: what is impossible there is impossible."""
    parts, done = [], 0
    for _, _, place, assertion in queries:
        parts += script.lines[done:place] + ["(push 1)", assertion, "(check-sat)", "(pop 1)"]
        done = place
    return "\n".join(parts).replace(" Int)", " Real)")


def z3_alone(text, milliseconds, logic=None):
    """One answer, and the values of all names if it is sat."""
    context = z3.Context()
    solver = z3.SolverFor(logic, ctx=context) if logic else z3.Solver(ctx=context)
    solver.set("timeout", milliseconds)
    solver.from_string(text)
    answer = str(solver.check())
    model = {}
    if answer == "sat":
        found = solver.model()
        model = {str(name): found[name].as_long() for name in found.decls() if name.arity() == 0}
    return answer, model


def cvc5_answers(text, milliseconds, logic):
    """The answers to all `check-sat` in a text."""
    solver = cvc5.Solver()
    solver.setOption("incremental", "true")
    solver.setOption("tlimit-per", str(milliseconds))
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, f"(set-logic {logic})\n{text}", "path")
    symbols, answers = parser.getSymbolManager(), []
    while True:
        command = parser.nextCommand()
        if command.isNull():
            return answers
        out = command.invoke(solver, symbols).strip()
        if out:
            answers.append(out)


def cvc5_linear(script, queries):
    return cvc5_answers(linear(script, queries), LINEAR_MS, "QF_LRA")


def must_be_unsat(path):
    """Failures of one path, and how its queries were answered."""
    start = time.monotonic()
    script = Script(path)
    asked = [query for query in script.queries if query[0] in UNSAT_ROLES]
    counts, failures, open_names = collections.Counter(), [], set()
    for solver, together, alone in (("z3", z3_linear, z3_answer), ("cvc5", cvc5_linear, cvc5_answer)):
        for query, answer in zip(asked, together(script, asked) if asked else [], strict=True):
            logic = "QF_LRA"
            if answer != "unsat":
                logic, answer = "QF_NIA", alone(script.text(query, True))
            if answer == "unsat":
                counts[solver, query[0], logic] += 1
            elif solver == "cvc5" and answer != "sat":
                counts[solver, query[0], "open"] += 1
                open_names.add(obligation(path, query))
            else:
                failures.append((query[0], query[1], solver, answer, script.text(query, True)))
    return path, counts, failures, open_names, time.monotonic() - start


def obligation(path, query):
    """The obligation that a query is for."""
    role, name = query[:2]
    return name or f"{path.parent.name}/{'fits' if role == 'fits' else 'paths'}"


def watched(path, counts, failures, open_names, seconds):
    """Says which paths take long."""
    if seconds > SLOW_S:
        print(f"slow: {path.parent.name}/{path.name} took {seconds:.0f} s", flush=True)
    return path, counts, failures, open_names


def z3_answer(text):
    return z3_alone(text, EXACT_MS, "QF_NIA")[0]


def cvc5_answer(text):
    return cvc5_answers(f"{text}\n(check-sat)", CVC5_EXACT_MS, "QF_NIA")[0]


def find_example(task):
    """The first path on which a query of this role and name is sat, for both solvers."""
    role, name, paths = task
    scripts = [Script(path) for path in paths[:EXAMPLE_PATHS]]
    chosen = [(script, query) for script in scripts for query in script.queries if query[:2] == (role, name)]
    generator = random.Random(name)
    for attempt in range(EXAMPLE_TRIES + 1):
        for script, query in chosen:
            pins = [f"(assert (= {input} {number(value)}))" for input, value in pinned(script, query, attempt, generator)]
            text = "\n".join([script.text(query, True), *pins])
            answer, model = z3_alone(text, 1_000 if attempt < EXAMPLE_TRIES else EXACT_MS)
            if answer == "sat":
                inputs = [f"(assert (= {input} {number(model.get(input, 0))}))" for input in script.typical
                          if f"(declare-const {input} Int)" in script.lines[:query[2]]]
                second = cvc5_answers("\n".join([script.text(query, True), *inputs, "(check-sat)"]), EXACT_MS, "QF_NIA")
                return role, name, str(script.path), second[0], {input: model.get(input, 0) for input in script.typical}
    return role, name, None, "no example", {}


def pinned(script, query, attempt, generator):
    """Inputs that appear in products, at their typical values or near them; none at the last attempt."""
    if attempt == EXAMPLE_TRIES:
        return []
    products = " ".join(text for at, text in script.products if at <= query[2])
    words = set(products.replace("(", " ").replace(")", " ").split())
    inputs = [(input, value) for input, value in script.typical.items() if input in words]
    if attempt == 0:
        return inputs
    kept = [pair for pair in inputs if generator.random() > 0.3]
    if attempt > 4:
        kept = [(input, generator.choice([0, 1, value // 2, value, value + 1, value * 3])) for input, value in kept]
    return kept


def number(value):
    return str(value) if value >= 0 else f"(- {-value})"


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("directory", type=pathlib.Path)
    arguments.add_argument("--write", action="store_true")
    arguments.add_argument("--only", default="")
    arguments = arguments.parse_args()
    start = time.monotonic()
    explored = [t for t in json.loads((arguments.directory / "obligations.json").read_text())
                if t["transition"].startswith(arguments.only)]
    claimed = {o["id"]: dict(o, transition=t["transition"]) for t in explored for o in t["obligations"]}
    paths = {t["transition"]: sorted((arguments.directory / t["transition"]).glob("*.smt2")) for t in explored}
    examples = tasks_for_examples(paths, claimed)
    with multiprocessing.Pool(PROCESSES) as pool:
        proofs = pool.imap_unordered(must_be_unsat, [path for some in paths.values() for path in some], chunksize=4)
        proofs = [watched(*proof) for proof in proofs]
        found = pool.map(find_example, examples, chunksize=2)
    failed = report(explored, claimed, proofs, found, time.monotonic() - start)
    entries = [entry(o) for o in claimed.values()]
    if arguments.write:
        MANIFEST.write_text(json.dumps(entries, indent=1) + "\n")
    elif not arguments.only:
        failed += compare(entries)
    elif not failed:
        print(f"{arguments.only}*: nothing compared with the manifest")
    passed = len(claimed) - len({name for name in failed if name in claimed})
    print(f"{passed} passed, {len(set(failed))} failed")
    sys.exit(1 if failed or not claimed else 0)


def tasks_for_examples(paths, claimed):
    places = collections.defaultdict(list)
    for transition, files in paths.items():
        for path in files:
            for line in path.read_text().splitlines():
                if line.startswith(";! control ") or line.startswith(";! reach "):
                    role, _, name = line[3:].partition(" ")
                    places[role, name].append(path)
    return [(role, name, spread(places[role, name])) for name in claimed for role in ("control", "reach")]


def spread(paths):
    """A few paths from all over the search."""
    step = max(1, len(paths) // EXAMPLE_PATHS)
    return paths[::step]


def entry(obligation):
    name = obligation["id"]
    return {
        "id": name,
        "invariant": obligation["invariant"],
        "transition": obligation["transition"],
        "expected": "unsat",
        "control": {"id": f"{name}/control", "expected": "sat"},
        "reach": {"id": f"{name}/reach", "expected": "sat"},
    }


def compare(entries):
    """Obligations of which manifest and claims do not say the same."""
    listed = {one["id"]: one for one in json.loads(MANIFEST.read_text())}
    now = {one["id"]: one for one in entries}
    wrong = sorted(name for name in listed.keys() | now.keys() if listed.get(name) != now.get(name))
    for name in wrong:
        what = "not in the manifest" if name not in listed else "nobody claims it" if name not in now else "differs"
        print(f"MANIFEST {name}: {what}")
    return wrong


def report(explored, claimed, proofs, found, seconds):
    failed, counts = [], collections.Counter()
    left_open = set()
    for path, answered, failures, open_names in proofs:
        counts.update(answered)
        left_open |= open_names
        for role, name, solver, answer, text in failures:
            name = obligation(path, (role, name))
            copy = path.with_name(f"FAILED-{len(failed)}-{solver}.txt")
            copy.write_text(text + "\n(check-sat)\n(get-model)\n")
            print(f"FAILED {name}: {role} on {path.name}, {solver} says {answer}: {copy}")
            failed.append(name)
    for role, name, path, answer, _ in found:
        if answer != "sat":
            print(f"FAILED {name}: {role} has no example ({answer})")
            failed.append(name)
    rows = collections.Counter((o["transition"], o["invariant"]) for o in claimed.values())
    invariants = sorted({invariant for _, invariant in rows})
    print(f"{'transition':<22}{'paths':>7}" + "".join(f"{i:>10}" for i in invariants) + f"{'total':>8}")
    for t in explored:
        cells = [rows[t["transition"], i] for i in invariants]
        print(f"{t['transition']:<22}{t['paths']:>7}" + "".join(f"{c or '':>10}" for c in cells) + f"{sum(cells):>8}")
    totals = [sum(rows[t["transition"], i] for t in explored) for i in invariants]
    print(f"{'all':<22}{sum(t['paths'] for t in explored):>7}" + "".join(f"{c:>10}" for c in totals) + f"{sum(totals):>8}")
    for solver in ("z3", "cvc5"):
        for role in UNSAT_ROLES:
            parts = [f"{counts[solver, role, logic]:>7} {how}" for logic, how in LOGICS]
            print(f"{solver:<5}{role:<8}unsat:{','.join(parts)}")
    for name in sorted(left_open):
        print(f"cvc5 left open: {name}")
    confirmed = len(claimed) - len(left_open & claimed.keys())
    print(f"cvc5 confirms {confirmed} of {len(claimed)} obligations, on all of their paths, and denies none")
    if confirmed < CONFIRMED * len(claimed):
        failed.append("cvc5")
    examples = sum(answer == "sat" for *_, answer, _ in found)
    print(f"examples of both solvers: {examples} of {len(found)} (controls and paths)")
    print(f"results that fit by ranges alone: {sum(t['fitting'] for t in explored)}; {seconds:.0f} s")
    return failed


if __name__ == "__main__":
    main()
