// Given a client that was not written here, when it reads accounts by the IDL and deposits, then the program takes it.
import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, expect, test } from "vitest";

import { type Network, start } from "./network";

const script = join(dirname(fileURLToPath(import.meta.url)), "..", "python", "deposit.py");
let network: Network;

beforeAll(async () => {
    network = await start(["--traders", "0", "--keepers", "1"]);
});

afterAll(async () => network?.stop());

test("solders reads every account and deposits", () => {
    const python = process.env["PLIMSOLL_PYTHON"];
    if (!python) throw new Error("PLIMSOLL_PYTHON does not name a Python with solders: make test-app");
    const said = execFileSync(python, ["-B", script, network.file], { encoding: "utf8" });
    expect(said).toMatch(/^solders: 3 markets read through the IDL, 1234567890 atoms deposited/);
});
