// The client against the native one: what that wrote is in the file that PLIMSOLL_CLIENT names.
import { readFileSync } from "node:fs";

import { AccountRole, type Address, createNoopSigner, getAddressDecoder, type Instruction } from "@solana/kit";
import { describe, expect, test } from "vitest";

import {
    beside,
    findGrantAddress,
    findInsuranceVaultPda,
    findMarginAddress,
    findMarketAddress,
    findProposalAddress,
    findSharesAddress,
    findVaultPda,
    getCancelInstruction,
    getDepositInstruction,
    getExchangeDecoder,
    getExchangeEncoder,
    getExecuteInstruction,
    getFlagInstruction,
    getInsuranceFundDecoder,
    getInsuranceFundEncoder,
    getLiquidateInstruction,
    getLiquidationQueueDecoder,
    getLiquidationQueueEncoder,
    getMarginAccountDecoder,
    getMarginAccountEncoder,
    getMarkInstruction,
    getMarketDecoder,
    getMarketEncoder,
    getOpenAccountInstruction,
    getOpenAtRiskInstruction,
    getOrderInstruction,
    getViewAccountInstruction,
    getWithdrawInstruction,
    overAll,
} from "../src";

type Line =
    | { readonly account: Address; readonly data: readonly number[] }
    | { readonly address: string; readonly is: Address }
    | {
          readonly instruction: string;
          readonly accounts: readonly (readonly [Address, boolean, boolean])[];
          readonly data: readonly number[];
      };

const path = process.env["PLIMSOLL_CLIENT"];
if (!path) throw new Error("PLIMSOLL_CLIENT does not name what the native client wrote: make test-app");
const lines = readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map(line => JSON.parse(line) as Line);

const key = (byte: number) => getAddressDecoder().decode(new Uint8Array(32).fill(byte));
const [exchange, owner, market, other] = [key(1), key(121), key(11), key(12)];
const [source, vault, quoteMint, tokenProgram] = [key(40), key(41), key(42), key(43)];
const legs = { legs: [{ market }, { market: other }, { market: key(0) }] } as never;
const signer = createNoopSigner(owner);

describe("accounts", () => {
    const kinds = [
        [getExchangeDecoder(), getExchangeEncoder()],
        [getInsuranceFundDecoder(), getInsuranceFundEncoder()],
        [getMarketDecoder(), getMarketEncoder()],
        [getLiquidationQueueDecoder(), getLiquidationQueueEncoder()],
        [getMarginAccountDecoder(), getMarginAccountEncoder()],
    ] as const;
    const encoders = new Map(kinds.map(([decoder, encoder]) => [decoder.fixedSize, { decoder, encoder }]));
    const all = lines.filter(line => "account" in line);

    test("each is read and written back as it was, byte for byte", () => {
        expect(all).toHaveLength(9);
        const sizes = new Set<number>();
        for (const { data } of all) {
            const kind = encoders.get(data.length);
            if (!kind) throw new Error(`no account has ${data.length} bytes`);
            sizes.add(data.length);
            const read = kind.decoder.decode(Uint8Array.from(data));
            expect([...(kind.encoder.encode as (value: unknown) => Uint8Array)(read)]).toEqual(data);
        }
        expect(sizes.size, "all five kinds").toBe(5);
    });
});

test("addresses are the native client's", async () => {
    const margin = await findMarginAddress(exchange, owner, 3);
    const found: Record<string, Address> = {
        market: await findMarketAddress(exchange, 7),
        margin,
        shares: await findSharesAddress(market, owner),
        grant: await findGrantAddress(margin, key(5), market, true),
        proposal: await findProposalAddress(exchange, 1n << 40n),
        vault: (await findVaultPda({ exchange }))[0],
        insuranceVault: (await findInsuranceVaultPda({ exchange }))[0],
    };
    const expected = Object.fromEntries(lines.flatMap(line => ("address" in line ? [[line.address, line.is]] : [])));
    expect(found).toEqual(expected);
});

describe("instructions are the native client's, with the accounts of all legs", async () => {
    const margin = await findMarginAddress(exchange, owner, 3);
    const money = { exchange, margin, vault, quoteMint, tokenProgram };
    const queue = key(30);
    const order = { margin, market };
    const made: Record<string, Instruction> = {
        open_account: getOpenAccountInstruction({ owner: signer, exchange, margin, index: 3 }),
        deposit: getDepositInstruction({ authority: signer, source, amount: 12_345, ...money }),
        withdraw: overAll(getWithdrawInstruction({ owner: signer, destination: source, amount: 2n ** 64n - 1n, ...money }), legs),
        order: beside(
            getOrderInstruction({
                authority: signer,
                lots: -5_000n,
                limit: 140_000n,
                reduceOnly: true,
                trigger: 150_000n,
                triggerAbove: true,
                ...order,
            }),
            legs,
            market,
        ),
        open_at_risk: beside(
            getOpenAtRiskInstruction({
                authority: signer,
                risk: 100n,
                stop: 140_000n,
                limit: 151_000n,
                stopLimit: 130_000n,
                ...order,
            }),
            legs,
            market,
        ),
        cancel: getCancelInstruction({ authority: signer, place: 4, ...order }),
        execute: beside(getExecuteInstruction({ oracle: key(50), place: 2, ...order }), legs, market),
        mark: overAll(getMarkInstruction({ margin }), legs, true),
        flag: beside(getFlagInstruction({ queue, reward: key(51), ...order }), legs, market),
        liquidate: beside(
            getLiquidateInstruction({ queue, flagger: key(51), liquidator: key(52), ...order }),
            legs,
            market,
            true,
        ),
        view_account: overAll(getViewAccountInstruction({ margin }), legs),
    };
    const expected = lines.filter(line => "instruction" in line);

    test("all are compared", () => {
        expect(expected.map(line => line.instruction).sort()).toEqual(Object.keys(made).sort());
    });
    test.each(expected)("$instruction", ({ instruction, accounts, data }) => {
        const { accounts: found = [], data: bytes = [] } = made[instruction] as Instruction;
        const metas = found.map(({ address, role }) => [
            address,
            role === AccountRole.READONLY_SIGNER || role === AccountRole.WRITABLE_SIGNER,
            role === AccountRole.WRITABLE || role === AccountRole.WRITABLE_SIGNER,
        ]);
        expect(metas).toEqual(accounts);
        expect([...bytes]).toEqual(data);
    });
});
