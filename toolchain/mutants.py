"""Runs the engine's tests against each mutant that cargo-mutants lists.

mutants.py <list.json> <folder> <outcomes.json> [k/n]

Most mutants are noticed by the tests of the module they are in. So these are compiled and run first, alone, and all others
only against what survives them: that takes a third of the time of compiling everything for each. Each job works in a
copy of the tree. A mutant whose tests do not end in time is a survivor.
"""

import concurrent.futures
import json
import os
import pathlib
import queue
import re
import shutil
import signal
import subprocess
import sys
import time

ENGINE = pathlib.PurePosixPath("crates/engine")
SECONDS = 60
# Modules whose tests have another name.
ELSEWHERE = {
    "account": ["margin", "withdraw"],
    "closing": ["liquidate", "liquidate_all"],
    "indices": ["side"],
    "liquidate": ["liquidate", "liquidate_all", "liquidate_stale"],
    "market": ["price", "accept"],
    "position": ["side"],
    "quantity": ["units"],
    "risk": ["parameters"],
}


def copied(folder: pathlib.Path) -> pathlib.Path:
    """A copy of what git knows, whose engine has a test binary for each module."""
    files = subprocess.run(["git", "ls-files", "-z"], check=True, capture_output=True, text=True).stdout
    for name in filter(None, files.split("\0")):
        if os.path.isfile(name):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(name, target)
    manifest = folder / ENGINE / "Cargo.toml"
    own = "".join(f'\n[[test]]\nname = "own_{name}"\npath = "tests/{name}.rs"\n' for name in modules(folder))
    manifest.write_text(manifest.read_text() + own)
    return folder


def modules(folder: pathlib.Path) -> list[str]:
    return sorted(file.stem for file in (folder / ENGINE / "tests").glob("*.rs") if file.stem != "main")


def tested(tree: pathlib.Path, names: list[str]) -> str:
    """How these test binaries end: Success, Unviable, CaughtMutant or Timeout."""
    command = ["cargo", "test", "--quiet", "--locked", "--profile", "mutants", "-p", "plimsoll-engine"]
    for name in names:
        command += ["--test", name]
    environment = os.environ | {
        "CARGO_TARGET_DIR": str(tree.parent / f"{tree.name}-target"),
        "PLIMSOLL_CASES_DIVISOR": "10",
        "RUST_BACKTRACE": "0",
    }
    # However long the compiler takes, that is no verdict on a mutant.
    built = subprocess.run([*command, "--no-run"], cwd=tree, env=environment, capture_output=True)
    if built.returncode != 0:
        return "Unviable"
    run = subprocess.Popen(
        command, cwd=tree, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        return "Success" if run.wait(timeout=SECONDS) == 0 else "CaughtMutant"
    except subprocess.TimeoutExpired:
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
        return "Timeout"


def changed(text: str, diff: str) -> str:
    """The text after a unified diff."""
    old, new, at = text.splitlines(keepends=True), [], 0
    for line in diff.splitlines(keepends=True)[2:]:
        if hunk := re.match(r"@@ -(\d+)", line):
            start = int(hunk[1]) - 1
            new, at = new + old[at:start], start
        elif line[0] == "+":
            new.append(line[1:])
        else:
            if line[1:].rstrip("\n") != old[at].rstrip("\n"):
                sys.exit(f"a diff does not fit line {at + 1}: {line}")
            if line[0] == " ":
                new.append(old[at])
            at += 1
    return "".join(new + old[at:])


def tried(tree: pathlib.Path, mutant: dict, known: set[str]) -> str:
    file = tree / mutant["file"]
    before = file.read_text(encoding="utf-8")
    stem = pathlib.PurePosixPath(mutant["file"]).stem
    own = [f"own_{name}" for name in ELSEWHERE.get(stem, [stem]) if name in known]
    try:
        file.write_text(changed(before, mutant["diff"]), encoding="utf-8")
        verdict = tested(tree, own) if own else "Success"
        if verdict == "Success":
            verdict = tested(tree, ["engine"])
    finally:
        file.write_text(before, encoding="utf-8")
    return "MissedMutant" if verdict == "Success" else verdict


def main() -> None:
    listed, folder, outcomes_path = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
    with open(listed, encoding="utf-8") as file:
        mutants = json.load(file)
    if len(sys.argv) > 4 and sys.argv[4]:
        part, parts = map(int, sys.argv[4].split("/"))
        mutants = mutants[part::parts]
    jobs = os.cpu_count() or 1
    trees: queue.Queue[pathlib.Path] = queue.Queue()
    copies = [copied(folder / f"tree-{job}") for job in range(jobs)]
    known = set(modules(copies[0]))
    print(f"mutants: {len(mutants)}, {jobs} at a time; without any first", flush=True)
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        every = ["engine"] + [f"own_{name}" for name in sorted(known)]
        clean = list(pool.map(lambda tree: [tested(tree, [name]) for name in every], copies))
    if any(verdict != "Success" for verdicts in clean for verdict in verdicts):
        sys.exit(f"the tests fail without any mutant: {clean}")
    for tree in copies:
        trees.put(tree)
    outcomes: list[dict] = [{"scenario": "Baseline", "summary": "Success"}]
    started = time.monotonic()

    def one(mutant: dict) -> tuple[dict, str]:
        tree = trees.get()
        try:
            return mutant, tried(tree, mutant, known)
        finally:
            trees.put(tree)

    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for mutant, verdict in pool.map(one, mutants):
            outcomes.append({"scenario": {"Mutant": {"name": mutant["name"]}}, "summary": verdict})
            if verdict in ("MissedMutant", "Timeout"):
                print(f"{verdict}: {mutant['name']}", flush=True)
            if len(outcomes) % 50 == 0:
                print(f"{len(outcomes)} of {len(mutants)}, {time.monotonic() - started:.0f} s", flush=True)
            with open(outcomes_path + ".new", "w", encoding="utf-8") as file:
                json.dump({"outcomes": outcomes}, file)
            os.replace(outcomes_path + ".new", outcomes_path)


main()
