// Given a network with traders, when each page is looked at in both themes and widths, then it shows what is there, keeps
// nobody out, and stays within its width. The pictures are for people.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { launch, PATIENCE, Person, THEMES, WIDTHS } from "./browser";
import { type Network, start } from "./network";

let browser: Browser;
let network: Network;

beforeAll(async () => {
    [browser, network] = await Promise.all([
        launch(),
        start(["--traders", process.env["PLIMSOLL_TRADERS"] ?? "40", "--keepers", "1"]),
    ]);
});

afterAll(async () => {
    await browser?.close();
    await network?.stop();
});

const SIGNS: Readonly<Record<string, RegExp>> = {
    trade: /oracle price/,
    account: /No wallet is connected/,
    liquidations: /Recent liquidations/,
    safety: /Insurance vault/,
};

describe.each(Object.keys(WIDTHS) as (keyof typeof WIDTHS)[])("%s", width => {
    test.each(THEMES)("%s", async theme => {
        const person = await Person.comes(browser, network.url, { width, theme });
        for (const [page, sign] of Object.entries(SIGNS)) {
            await person.opens(`#/${page}`);
            await person.page.getByText(sign).first().waitFor({ timeout: PATIENCE });
            await person.page.waitForTimeout(1_500);
            await person.picture(`${page}-${width}-${theme}`);
            await person.isAccessible(`${page} ${width} ${theme}`);
            const wider = await person.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
            expect(wider, `${page} is wider than ${width}`).toBeLessThanOrEqual(0);
        }
        await person.leaves();
    });
});

test("everything is reached by keyboard", async () => {
    const person = await Person.comes(browser, network.url);
    await person.opens("#/trade");
    const reached = new Set<string>();
    for (let presses = 0; presses < 60; presses += 1) {
        await person.page.keyboard.press("Tab");
        reached.add(
            await person.page.evaluate(
                () =>
                    document.activeElement?.textContent?.trim() ||
                    document.activeElement?.getAttribute("aria-label") ||
                    document.activeElement?.tagName ||
                    "",
            ),
        );
    }
    for (const wanted of ["Skip to the page", "Account", "Liquidations", "Safety", "Connect"]) {
        expect([...reached], wanted).toContain(wanted);
    }
    await person.leaves();
});

test("somebody's account is looked at by its address, and nothing can be signed", async () => {
    const person = await Person.comes(browser, network.url);
    const nobody = "4vJ9JU1bJJE96FWSJKvHsmmFADCg4gpZQff4P3bkLKi";
    await person.opens(`#/account?view=${nobody}`);
    await person.page.getByText("Nothing can be signed here.").waitFor({ timeout: PATIENCE });
    await person.page.getByText("This address has no margin account on this exchange.").waitFor({ timeout: PATIENCE });
    expect(await person.region("Deposit").count()).toBe(0);
    await person.leaves();
});
