"""Compares what cargo-mutants found with the list of survivors.

check-mutants.py <outcomes.json> <list.md> <all|shard>

At least 95 % must be killed; a mutant whose tests did not end in time was not. When all were tried, a survivor that is not
listed fails, and so does a listed one that no longer survives. Of a part they are only named: which mutants it has
changes with every edit.
"""

import collections
import json
import re
import sys

LEAST = 0.95

outcomes_path, list_path, scope = sys.argv[1:]
with open(outcomes_path, encoding="utf-8") as file:
    outcomes = json.load(file)["outcomes"]
with open(list_path, encoding="utf-8") as file:
    listed = collections.Counter(re.findall(r"^- `([^`]+)`", file.read(), re.MULTILINE))

counts = collections.Counter()
survivors = collections.Counter()
for outcome in outcomes:
    mutant = outcome["scenario"].get("Mutant") if isinstance(outcome["scenario"], dict) else None
    if mutant is None:
        if outcome["summary"] != "Success":
            sys.exit("the tests fail without any mutant")
        continue
    counts[outcome["summary"]] += 1
    if outcome["summary"] not in ("CaughtMutant", "Unviable"):
        # Without line and column, which change with every edit above.
        survivors[re.sub(r":\d+:\d+: ", ": ", mutant["name"])] += 1

killed = counts["CaughtMutant"]
viable = killed + sum(survivors.values())
if viable == 0:
    sys.exit("no mutant was tried")
print(
    f"mutants ({scope}): {killed} of {viable} killed ({killed / viable:.1%}), {counts['MissedMutant']} missed, "
    f"{counts['Timeout']} timed out, {counts['Unviable']} do not compile"
)
unexplained = survivors - listed
gone = (listed - survivors) if scope == "all" else collections.Counter()
for name, count in sorted(unexplained.items()):
    print(f"survives and is not explained in {list_path} ({count}): {name}")
for name, count in sorted(gone.items()):
    print(f"is explained in {list_path} and does not survive ({count}): {name}")
if killed / viable < LEAST:
    sys.exit(f"fewer than {LEAST:.0%} were killed")
if scope == "all" and (unexplained or gone):
    sys.exit(1)
