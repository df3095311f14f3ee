#!/usr/bin/env python3
"""check-demo.py <scenario> <summary.json>: what must be true of every run of the demo, whatever the figures are."""

import json
import sys


def main() -> int:
    scenario, path = sys.argv[1:]
    try:
        with open(path, encoding="utf-8") as file:
            summary = json.load(file)
    except (OSError, ValueError) as error:
        print(f"demo {scenario}: FAILED: no summary ({error})")
        return 1
    rules = {
        "order_violations": lambda value: value == 0,
        "conservation_error_atoms": lambda value: value == 0,
        "min_cash": lambda value: value >= 0,
        "liquidations": lambda value: value > 0,
    }
    if scenario == "gap":
        # The jump is there to reach the last steps of the waterfall.
        rules["insurance_paid"] = lambda value: value > 0
        rules["bad_debt_to_lps"] = lambda value: value > 0
    faults = [f"{key} = {summary.get(key)}" for key, rule in rules.items() if key not in summary or not rule(summary[key])]
    figures = ", ".join(f"{key} {summary.get(key)}" for key in [*rules, "seconds"])
    print(f"demo {scenario}: {'FAILED: ' + ', '.join(faults) if faults else 'ok'} ({figures})")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
