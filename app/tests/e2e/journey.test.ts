// Given a network whose prices stand, when somebody who has nothing comes, then they deposit, open by risk, close, live
// through a crash, are liquidated in part, find it, and leave with what is theirs.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { launch, PATIENCE, Person } from "./browser";
import { type Network, start } from "./network";

let browser: Browser;
let network: Network;
let person: Person;

beforeAll(async () => {
    [browser, network] = await Promise.all([launch(), start(["--traders", "0", "--keepers", "1"])]);
    person = await Person.comes(browser, network.url);
});

afterAll(async () => {
    await person?.leaves();
    await browser?.close();
    await network?.stop();
});

test("the faucet gives, and the first deposit opens the account", async () => {
    await person.opens("#/account");
    await person.connects();
    await person.gets();
    await person.deposits("9000");
    const account = person.region("Margin account");
    await account.getByText("$9,000.00").first().waitFor({ timeout: PATIENCE });
    expect(await account.innerText()).toContain("Healthy");
    await person.picture("journey-deposited");
});

test("opening by risk and stop: requested, then executed, with a stop that waits", async () => {
    const { page } = person;
    await person.opens("#/trade/ETH");
    await page.getByText("Risk & stop").click();
    await page.getByRole("textbox", { name: "Risk" }).fill("50");
    await page.getByRole("button", { name: "\u22122%" }).click();
    await page.getByText(/loses \$(49|50)\./).waitFor({ timeout: PATIENCE });
    await page.getByRole("button", { name: "Open long with stop" }).click();
    await person.notice(/at risk/, "done");
    await page.getByRole("tab", { name: /Positions\s*1/ }).waitFor({ timeout: PATIENCE });
    await page.getByRole("tab", { name: /Order history/ }).click();
    await page.getByRole("row").filter({ hasText: "Executed" }).waitFor({ timeout: PATIENCE });
    await page.getByRole("tab", { name: /^Orders/ }).click();
    await page.getByRole("row").filter({ hasText: "Armed" }).waitFor({ timeout: PATIENCE });
    await person.picture("journey-opened");
});

test("a take-profit is placed on the position", async () => {
    const { page } = person;
    await page.getByRole("tab", { name: /Positions/ }).click();
    await page.getByRole("button", { name: "Stop", exact: true }).click();
    await page.getByRole("button", { name: "+5%" }).click();
    await page.getByText(/Take profit: at [\d.,]+ or above/).waitFor({ timeout: PATIENCE });
    await person.picture("journey-trigger");
    await page.getByRole("button", { name: "Place the take profit" }).click();
    await person.notice(/Take profit for ETH/, "done");
    await page.getByRole("tab", { name: /^Orders\s*2/ }).click();
    expect(await page.getByRole("row").filter({ hasText: "at or above" }).count()).toBe(1);
});

test("both are cancelled and the position closed", async () => {
    const { page } = person;
    for (const left of [/^Orders\s*1/, /^Orders$/]) {
        await page.getByRole("button", { name: "Cancel" }).first().click();
        await page.getByRole("tab", { name: left }).waitFor({ timeout: PATIENCE });
    }
    await page.getByRole("tab", { name: /Positions/ }).click();
    await page.getByRole("button", { name: "Close", exact: true }).click();
    await person.notice(/Close ETH/, "done");
    await page.getByText("No positions").waitFor({ timeout: PATIENCE });
});

test("an order that slips too far fails, and says why", async () => {
    const { page } = person;
    await page.getByRole("combobox", { name: "Market" }).selectOption("BTC");
    await page.getByText("Size", { exact: true }).first().click();
    await page.getByRole("textbox", { name: "Size" }).fill("0.01");
    await page.getByRole("button", { name: /^Long 0.01 BTC/ }).waitFor({ timeout: PATIENCE });
    await network.command("/oracles/BTC/fault", { fault: "gap", factor: 1.02 });
    // The price that executes it is beyond the limit that it was placed with.
    await page.getByText("0.25%").click();
    await page.getByRole("button", { name: /^Long 0.01 BTC/ }).click();
    await network.command("/oracles/BTC/fault", { fault: "gap", factor: 1.02 });
    await page.getByRole("tab", { name: /Order history/ }).click();
    const failed = page.getByRole("row").filter({ hasText: "Failed" });
    await failed.waitFor({ timeout: PATIENCE });
    expect(await failed.innerText()).toContain("The fill price is worse than the order's limit. Its fee was kept.");
});

test("nearly the largest position, a fall: in the queue, liquidated in part, and in the history with who paid", async () => {
    const { page } = person;
    await person.opens("#/trade/SOL");
    await page
        .getByRole("button", { name: "95%" })
        .or(page.getByRole("button", { name: "100%" }))
        .click();
    await page.getByRole("slider").fill("90");
    await page.getByRole("button", { name: /^Long [\d.,]+ SOL/ }).click();
    await person.notice(/Long/, "done");
    await page.getByRole("tab", { name: /Positions\s*1/ }).waitFor({ timeout: PATIENCE });
    const lines = page.locator(".chart-lines");
    await lines.getByText(/Liquidation \d/).waitFor({ timeout: PATIENCE });
    await person.picture("journey-at-risk");

    await person.opens("#/liquidations");
    const watching = page
        .getByRole("region", { name: "SOL queue" })
        .getByText("You")
        .waitFor({ timeout: PATIENCE })
        .then(() => true);
    const recent = person.region("Recent liquidations").getByRole("row").filter({ hasText: "Liquidated" });
    for (let fall = 0; fall < 12 && (await recent.count()) === 0; fall += 1) {
        await network.command("/oracles/SOL/fault", { fault: "gap", factor: 0.994 });
        await page.waitForTimeout(3_000);
    }
    await recent.first().waitFor({ timeout: PATIENCE });
    expect(await recent.first().innerText()).toMatch(/The account paid \$[\d,.]+ to the pool/);
    await person.picture("journey-liquidated");
    // Whoever is flagged waits for a newer price at least: long enough to be seen.
    expect(await watching).toBe(true);
});

test("what is left of the position is closed, and everything is withdrawn", async () => {
    const { page } = person;
    await person.opens("#/trade/SOL");
    const close = page.getByRole("button", { name: "Close", exact: true });
    await close.waitFor({ timeout: PATIENCE });
    await close.click();
    await person.notice(/Close SOL/, "done");
    await page.getByText("No positions").waitFor({ timeout: PATIENCE });
    await page.getByRole("link", { name: "Account" }).click();
    const form = person.region("Withdraw");
    await form.getByText("That is all the cash there is.").waitFor({ timeout: PATIENCE });
    await form.getByRole("button", { name: "Max" }).click();
    await form.getByRole("button", { name: "Withdraw" }).click();
    await person.notice(/Withdraw/, "done");
    const cash = person.region("Margin account").locator(".figures > div").filter({ hasText: "Cash" });
    await cash.getByText("$0.00").waitFor({ timeout: PATIENCE });
    await person.picture("journey-left");
});
