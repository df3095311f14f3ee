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
    rules = {"conservation_error_atoms": lambda value: value == 0, "min_cash": lambda value: value >= 0}
    if scenario in ("crash", "gap"):
        rules["order_violations"] = lambda value: value == 0
        rules["liquidations"] = lambda value: value > 0
    if scenario == "adl":
        # All twelve longs are cut, by the same part to a lot, lose no profit by it, and can all close.
        rules["deleveraged"] = lambda value: value > 0
        rules["winners_cut"] = lambda value: value == 12
        rules["kept"] = lambda value: 0 < value < 1
        rules["cut_error_lots"] = lambda value: value <= 1.001
        rules["value_error_atoms"] = lambda value: value <= 2
        rules["unpaid_atoms"] = lambda value: value == 0
        rules["stranded_lots"] = lambda value: value == 0
    if scenario == "settlement":
        # One fraction for all winners, everybody's own cash untouched, and nothing left beyond rounding.
        rules["winners"] = lambda value: value == 12
        rules["fraction"] = lambda value: 0 < value < 1
        rules["fraction_error_atoms"] = lambda value: value == 0
        rules["principal_error_atoms"] = lambda value: value == 0
        rules["insurance_paid"] = lambda value: value > 0
        rules["left_atoms"] = lambda value: value <= 12
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
