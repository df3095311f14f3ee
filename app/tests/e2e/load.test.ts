// Given twenty price updates a second and two hundred accounts in a queue, when a page is shown, then the browser's main
// thread is idle for most of the time.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createKeyPairFromPrivateKeyBytes, getAddressFromPublicKey } from "@solana/kit";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { launch, Person } from "./browser";
import { type Load, load } from "./load";

const [ROWS, PER_SECOND, MOST, MEASURED] = [200, 20, 0.5, 10_000];
const SEED = "34".repeat(32);

let browser: Browser;
let node: Load;
let url: string;
let stop: () => void;

beforeAll(async () => {
    const keys = await createKeyPairFromPrivateKeyBytes(new Uint8Array(32).fill(0x34));
    node = await load(await getAddressFromPublicKey(keys.publicKey), ROWS, PER_SECOND);
    browser = await launch();
    const place = mkdtempSync(join(tmpdir(), "plimsoll-load-"));
    writeFileSync(join(place, "network.json"), JSON.stringify(node.described));
    const server = spawn(process.execPath, ["scripts/serve.mjs", join(place, "network.json"), "0"], {
        stdio: ["ignore", "pipe", "inherit"],
    });
    url = await new Promise(resolve =>
        server.stdout.on("data", (line: Buffer) => resolve(/app: (\S+)/.exec(line.toString())?.[1] ?? "")),
    );
    stop = () => (server.kill(), rmSync(place, { recursive: true, force: true }));
});

afterAll(async () => {
    await browser?.close();
    node?.stop();
    stop?.();
});

test.each(["liquidations", "trade", "account"])("%s", async name => {
    const script = `if (isSecureContext) { localStorage.setItem("plimsoll.local-wallet", "${SEED}"); localStorage.setItem("plimsoll.wallet", "local/Local test wallet"); }`;
    const person = await Person.comes(browser, url, { script });
    const { page } = person;
    await person.opens(`#/${name}`);
    if (name === "liquidations") {
        await page.getByRole("button", { name: `Show all ${ROWS}` }).click();
        expect(await page.locator(".queue tbody tr").count()).toBe(ROWS);
    }
    if (name === "trade") await page.getByRole("textbox", { name: "Size" }).fill("10");
    await page.waitForTimeout(1_000);
    const session = await page.context().newCDPSession(page);
    await session.send("Performance.enable", { timeDomain: "timeTicks" });
    const look = async () => {
        const { metrics } = await session.send("Performance.getMetrics");
        const of = (wanted: string) => metrics.find(one => one.name === wanted)?.value ?? Number.NaN;
        return { busy: of("TaskDuration"), at: of("Timestamp"), updates: node.updates() };
    };
    const before = await look();
    await page.waitForTimeout(MEASURED);
    const after = await look();
    const busy = (after.busy - before.busy) / (after.at - before.at);
    const rate = (after.updates - before.updates) / (after.at - before.at);
    console.log(`load: ${name}: ${(busy * 100).toFixed(1)} % of the main thread at ${rate.toFixed(1)} updates a second`);
    expect(rate).toBeGreaterThan(PER_SECOND * 0.8);
    expect(busy).toBeLessThan(MOST);
    await person.leaves();
});
