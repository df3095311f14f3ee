// Given an account with positions on a network whose prices stand, when the program's own views and the engine in
// WebAssembly are asked, then they give the same numbers to the atom.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import {
    getMarginAccountDecoder,
    getViewAccountInstruction,
    getViewLiquidationPriceInstruction,
    beside,
    overAll,
} from "@plimsoll/client";
import {
    type Address,
    appendTransactionMessageInstruction,
    compileTransaction,
    createKeyPairFromPrivateKeyBytes,
    createSolanaRpc,
    createTransactionMessage,
    getAddressDecoder,
    getAddressFromPublicKey,
    getBase64EncodedWireTransaction,
    getBase64Encoder,
    type Instruction,
    pipe,
    setTransactionMessageFeePayer,
    setTransactionMessageLifetimeUsingBlockhash,
} from "@solana/kit";
import { findMarginAddress } from "@plimsoll/client";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { launch, PATIENCE, Person } from "./browser";
import { type Network, start } from "./network";

const wasm = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..", "target", "wasm");
const CLOCK = "SysvarC1ock11111111111111111111111111111111" as Address;
const SEED = "35";

let browser: Browser;
let network: Network;
let rpc: ReturnType<typeof createSolanaRpc>;
let owner: Address;
let margin: Address;

beforeAll(async () => {
    [browser, network] = await Promise.all([launch(), start(["--traders", "0", "--keepers", "1", "--hold"])]);
    rpc = createSolanaRpc(network.described.rpc);
    const keys = await createKeyPairFromPrivateKeyBytes(new Uint8Array(32).fill(parseInt(SEED, 16)));
    owner = await getAddressFromPublicKey(keys.publicKey);
    margin = await findMarginAddress(network.described.exchange as Address, owner);
    const script = `if (isSecureContext) localStorage.setItem("plimsoll.local-wallet", "${SEED.repeat(32)}")`;
    const person = await Person.comes(browser, network.url, { script });
    await person.opens("#/account");
    await person.connects();
    await person.gets();
    await person.deposits("10000");
    for (const [market, side, size, held] of [
        ["SOL", "Long", "400", 1],
        ["BTC", "Short", "0.4", 2],
    ] as const) {
        await person.opens(`#/trade/${market}`);
        await person.page.locator(".choice").getByText(side, { exact: true }).click();
        await person.page.getByRole("textbox", { name: "Size" }).fill(size);
        await person.page.getByRole("button", { name: new RegExp(`^${side} ${size} ${market}`) }).click();
        await person.page.getByRole("tab", { name: new RegExp(`Positions\\s*${held}`) }).waitFor({ timeout: PATIENCE });
    }
    await person.leaves();
});

afterAll(async () => {
    await browser?.close();
    await network?.stop();
});

async function read(addresses: readonly Address[]): Promise<Uint8Array[]> {
    const { value } = await rpc.getMultipleAccounts(addresses, { encoding: "base64", commitment: "confirmed" }).send();
    return value.map((account, at) => {
        if (!account) throw new Error(`${addresses[at]} does not exist`);
        return Uint8Array.from(getBase64Encoder().encode(account.data[0]));
    });
}

/** What a view of the program returns. */
async function view(instruction: Instruction): Promise<DataView> {
    const { value: lifetime } = await rpc.getLatestBlockhash().send();
    const message = pipe(
        createTransactionMessage({ version: 0 }),
        made => setTransactionMessageFeePayer(owner, made),
        made => setTransactionMessageLifetimeUsingBlockhash(lifetime, made),
        made => appendTransactionMessageInstruction(instruction, made),
    );
    const wire = getBase64EncodedWireTransaction(compileTransaction(message));
    const options = { encoding: "base64", sigVerify: false, replaceRecentBlockhash: true, commitment: "confirmed" } as const;
    const { value } = await rpc.simulateTransaction(wire, options).send();
    expect(value.err).toBeNull();
    if (!value.returnData) throw new Error("the view returned nothing");
    return new DataView(Uint8Array.from(getBase64Encoder().encode(value.returnData.data[0])).buffer);
}

test("health, both margins, withdrawals, the key and liquidation prices", async () => {
    const engine = (await import(join(wasm, "engine.js"))) as typeof import("@plimsoll/engine");
    await engine.default({ module_or_path: readFileSync(join(wasm, "engine_bg.wasm")) });
    const account = getMarginAccountDecoder().decode((await read([margin]))[0] as Uint8Array);
    const held = account.legs.map(leg => leg.market).filter(market => market !== getAddressDecoder().decode(new Uint8Array(32)));
    expect(held).toHaveLength(2);
    const addresses = [margin, network.described.exchange as Address, ...held];
    // Prices stand, but are published again and again: what is compared is of one state.
    const settled = async () => {
        for (let tries = 0; tries < 40; tries += 1) {
            const before = await read([...addresses, CLOCK]);
            const health = await view(overAll(getViewAccountInstruction({ margin }), account));
            const prices = [];
            for (const market of held)
                prices.push(await view(beside(getViewLiquidationPriceInstruction({ margin, market }), account, market)));
            const after = await read(addresses);
            if (after.every((data, at) => Buffer.from(data).equals(Buffer.from(before[at] as Uint8Array))))
                return { before, health, prices };
        }
        throw new Error("the accounts never stood still");
    };
    const { before, health, prices } = await settled();
    const venue = new engine.Venue();
    const clock = new DataView((before.at(-1) as Uint8Array).buffer);
    venue.setClock(clock.getBigInt64(32, true), clock.getBigUint64(0, true));
    addresses.forEach((address, at) => venue.put(address, before[at] as Uint8Array));
    const found = venue.account(margin);

    const signed = (at: number) => health.getBigInt64(at, true);
    const unsigned = (at: number) => health.getBigUint64(at, true);
    expect({
        equity: found.equity,
        initialEquity: found.initialEquity,
        cash: found.cash,
        escrow: found.escrow,
        maintenance: found.maintenance,
        initial: found.initial,
        withdrawable: found.withdrawable.amount,
        key: found.key,
        liquidatable: found.state === "liquidatable",
    }).toEqual({
        equity: signed(0),
        initialEquity: signed(8),
        cash: unsigned(16),
        escrow: unsigned(24),
        maintenance: unsigned(40),
        initial: unsigned(48),
        withdrawable: unsigned(56),
        key: unsigned(64),
        liquidatable: health.getUint8(104) === 1,
    });
    expect(found.maintenance).toBeGreaterThan(0n);
    expect(found.legs.map(leg => [leg.liquidationPrice ?? 0n, leg.price])).toEqual(
        prices.map(view => [view.getBigUint64(0, true), view.getBigUint64(8, true)]),
    );
});

test.each(["owner", "margin account"])("anybody sees it by the address of its %s", async what => {
    const person = await Person.comes(browser, network.url);
    await person.opens(`#/account?view=${what === "owner" ? owner : margin}`);
    await person.page.getByRole("tab", { name: /Positions\s*2/ }).waitFor({ timeout: PATIENCE });
    await person.page.getByText("Nothing can be signed here.").waitFor({ timeout: PATIENCE });
    expect(await person.region("Wallet").innerText()).toContain(`${owner.slice(0, 4)}\u2026`);
    expect(await person.page.getByRole("button", { name: "Close", exact: true }).count()).toBe(0);
    await person.leaves();
});
