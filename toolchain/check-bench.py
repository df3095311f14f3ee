"""Prints evaluations per second from criterion's estimates, and fails under the target.

check-bench.py <estimates.json> <evaluations per iteration> <target per second>
"""

import json
import sys

path, evaluations, target = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
with open(path, encoding="utf-8") as file:
    nanoseconds = json.load(file)["median"]["point_estimate"]
rate = evaluations * 1e9 / nanoseconds
print(f"health of two legs: {rate / 1e6:.2f} million evaluations per second (target {target / 1e6:.0f} million)")
if rate < target:
    sys.exit("under the target: is the machine busy with something else?")
