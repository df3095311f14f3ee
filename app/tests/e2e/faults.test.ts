// Given a network that breaks, a wallet that refuses and a transaction that fails, then the page says so and goes on.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { launch, PATIENCE, Person } from "./browser";
import { type Network, start } from "./network";
import { walletScript } from "./wallet";

let browser: Browser;
let network: Network;

beforeAll(async () => {
    [browser, network] = await Promise.all([launch(), start(["--traders", "0", "--keepers", "1"])]);
});

afterAll(async () => {
    await browser?.close();
    await network?.stop();
});

test("the network is gone and comes back: what is shown is called old until then", async () => {
    const person = await Person.comes(browser, network.url);
    const { page } = person;
    await person.opens("#/trade/SOL");
    await network.cut();
    await page.getByRole("alert").getByText("The network does not answer").waitFor({ timeout: PATIENCE });
    await page.locator(".quote.stale").waitFor({ timeout: PATIENCE });
    await person.picture("faults-down");
    await network.mend();
    await page.getByRole("status").getByText("Live").waitFor({ timeout: PATIENCE });
    await page.locator(".quote:not(.stale)").waitFor({ timeout: PATIENCE });
    expect(await page.getByRole("alert").count()).toBe(0);
    await person.leaves();
});

test("an oracle that stalls makes the price stale", async () => {
    const person = await Person.comes(browser, network.url);
    await person.opens("#/trade/ETH");
    await person.page.locator(".quote:not(.stale)").waitFor({ timeout: PATIENCE });
    await network.command("/oracles/ETH/fault", { fault: "stall" });
    await person.page.locator(".quote.stale").waitFor({ timeout: PATIENCE * 2 });
    await person.picture("faults-stale");
    await network.command("/oracles/ETH/resume");
    await person.page.locator(".quote:not(.stale)").waitFor({ timeout: PATIENCE * 2 });
    await person.leaves();
});

test("a wallet of the Wallet Standard signs", async () => {
    const person = await Person.comes(browser, network.url, { script: walletScript("31".repeat(32), false) });
    await person.opens("#/account");
    await person.connects(/Test wallet$/);
    await person.gets();
    await person.deposits("100");
    expect(await person.page.getByText("Local test wallet").count()).toBe(0);
    await person.leaves();
});

test("a wallet that refuses: nothing was sent, and it can be tried again", async () => {
    const person = await Person.comes(browser, network.url, { script: walletScript("32".repeat(32), true) });
    const { page } = person;
    await person.opens("#/account");
    await person.connects(/Refusing wallet/);
    await person.gets();
    const form = person.region("Deposit");
    await form.getByRole("textbox", { name: "Amount" }).fill("100");
    await form
        .getByRole("button", { name: /deposit/i })
        .last()
        .click();
    expect(await person.notice(/Deposit/, "failed")).toContain("You refused this in your wallet. Nothing was sent.");
    await person.picture("faults-refused");
    expect(
        await form
            .getByRole("button", { name: /deposit/i })
            .last()
            .isEnabled(),
    ).toBe(true);
    await page.getByRole("button", { name: "Dismiss" }).first().click();
    await person.leaves();
});

test("a simulation that fails is a sentence, and nothing is signed", async () => {
    const person = await Person.comes(browser, network.url);
    await person.opens("#/account");
    await person.connects();
    // Without SOL the wallet cannot pay for anything: the tokens come without it.
    await person.gets();
    await person.page.route(/127\.0\.0\.1/, async route => {
        const body = route.request().postDataJSON() as { id: unknown; method?: string } | null;
        if (body?.method !== "simulateTransaction") return route.continue();
        const value = { err: { InstructionError: [0, { Custom: 6012 }] }, logs: [], unitsConsumed: 0 };
        return route.fulfill({ json: { jsonrpc: "2.0", id: body.id, result: { context: { slot: 1 }, value } } });
    });
    const form = person.region("Deposit");
    await form.getByRole("textbox", { name: "Amount" }).fill("100");
    await form
        .getByRole("button", { name: /deposit/i })
        .last()
        .click();
    expect(await person.notice(/Deposit/, "failed")).toContain("Equity would fall below initial margin.");
    await person.leaves();
});

test("a transaction that fails on chain is a sentence with its signature", async () => {
    // The same person in two windows. One cancels an order while the other is about to.
    const script = `if (isSecureContext) localStorage.setItem("plimsoll.local-wallet", "${"33".repeat(32)}")`;
    const [one, two] = [
        await Person.comes(browser, network.url, { script }),
        await Person.comes(browser, network.url, { script }),
    ];
    await one.opens("#/account");
    await one.connects();
    await one.gets();
    await one.deposits("1000");
    await one.opens("#/trade/SOL");
    await one.page.getByText("Risk & stop").click();
    await one.page.getByRole("textbox", { name: "Risk" }).fill("10");
    await one.page.getByRole("button", { name: "\u22122%" }).click();
    await one.page.getByRole("button", { name: "Open long with stop" }).click();
    await one.notice(/at risk/, "done");
    await two.opens("#/trade/SOL");
    await two.connects();
    for (const { page } of [one, two]) {
        await page.getByRole("tab", { name: /^Orders/ }).click();
        await page
            .getByRole("row")
            .filter({ hasText: "Armed" })
            .getByRole("button", { name: "Cancel" })
            .waitFor({ timeout: PATIENCE });
    }
    let goOn: () => void = () => undefined;
    const held = new Promise<void>(resolve => (goOn = resolve));
    let simulated: () => void = () => undefined;
    const passed = new Promise<void>(resolve => (simulated = resolve));
    await two.page.route(/127\.0\.0\.1/, async route => {
        const body = route.request().postDataJSON() as { id: unknown; method?: string } | null;
        if (body?.method !== "simulateTransaction") return route.continue();
        // What is simulated passes; what is sent comes too late.
        const response = await route.fetch();
        const text = await response.text();
        simulated();
        await held;
        return route.fulfill({ response, body: text });
    });
    const cancel = (person: Person) =>
        person.page.getByRole("row").filter({ hasText: "Armed" }).getByRole("button", { name: "Cancel" }).click();
    await cancel(two);
    await passed;
    // Some slots later: with the same blockhash both would be one and the same transaction.
    await new Promise(resolve => setTimeout(resolve, 3_000));
    await cancel(one);
    await one.notice(/Cancel the order/, "done");
    goOn();
    const told = await two.notice(/Cancel the order/, "failed");
    expect(told).toContain("The account has no such order.");
    await two.picture("faults-failed");
    await Promise.all([one.leaves(), two.leaves()]);
});
