// The browser, and people in it.
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import AxeBuilder from "@axe-core/playwright";
import { type Browser, chromium, type Page } from "playwright-core";
import { expect } from "vitest";

const pictures = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..", "target", "app-pictures");
export const WIDTHS = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const;
export const THEMES = ["dark", "light"] as const;

/** How long a thing on the network may take, in milliseconds. */
export const PATIENCE = 60_000;

export async function launch(): Promise<Browser> {
    return chromium.launch({ executablePath: process.env["PLIMSOLL_CHROMIUM"] ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
}

export type Look = { readonly width?: keyof typeof WIDTHS; readonly theme?: (typeof THEMES)[number]; readonly script?: string };

/** Somebody with a browser of their own. What goes wrong on the page fails the test that asks. */
export class Person {
    readonly problems: string[] = [];

    private constructor(
        readonly page: Page,
        readonly url: string,
    ) {
        page.on("pageerror", error => this.problems.push(error.message));
    }

    static async comes(browser: Browser, url: string, { width = "wide", theme = "dark", script }: Look = {}): Promise<Person> {
        const context = await browser.newContext({ viewport: WIDTHS[width], colorScheme: theme });
        if (script) await context.addInitScript({ content: script });
        return new Person(await context.newPage(), url);
    }

    async leaves(): Promise<void> {
        await this.page.context().close();
        expect(this.problems).toEqual([]);
    }

    async opens(hash: string): Promise<void> {
        await this.page.goto(`${this.url}${hash}`);
        await this.page.getByRole("status").getByText("Live").waitFor({ timeout: PATIENCE });
    }

    async connects(wallet: RegExp = /Local test wallet/): Promise<void> {
        await this.page.locator("header").getByRole("button", { name: "Connect" }).click();
        await this.page.getByRole("button", { name: wallet }).click();
    }

    /** A region of the page by its name. */
    region(name: string) {
        return this.page.getByRole("region", { name, exact: true });
    }

    /** The notice of a transaction, once it has ended as it should. */
    async notice(title: RegExp, state: "done" | "failed"): Promise<string> {
        const notice = this.page.locator(`.notice.${state}`).filter({ hasText: title });
        await notice.first().waitFor({ timeout: PATIENCE });
        return notice.first().innerText();
    }

    async gets(): Promise<void> {
        await this.region("Faucet").getByRole("button").click();
        await this.notice(/Faucet/, "done");
    }

    async deposits(amount: string): Promise<void> {
        const form = this.region("Deposit");
        await form.getByRole("textbox", { name: "Amount" }).fill(amount);
        await form
            .getByRole("button", { name: /deposit/i })
            .last()
            .click();
        await this.notice(/Deposit/, "done");
    }

    async picture(name: string): Promise<void> {
        mkdirSync(pictures, { recursive: true });
        await this.page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
    }

    /** Nothing that keeps people out. */
    async isAccessible(what: string): Promise<void> {
        const { violations } = await new AxeBuilder({ page: this.page }).analyze();
        const grave = violations.filter(one => one.impact === "serious" || one.impact === "critical");
        expect(grave.map(one => `${what}: ${one.id}: ${one.nodes[0]?.html}`)).toEqual([]);
    }
}
