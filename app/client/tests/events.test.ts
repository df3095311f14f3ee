// Given the log of a transaction, when events are read from it, then they are the program's own and in order.
import { type Address, getAddressDecoder, getBase64Decoder } from "@solana/kit";
import { expect, test } from "vitest";

import {
    decodeEvent,
    EVENTS,
    eventsIn,
    explain,
    follow,
    getOrderExecutedEventEncoder,
    getOrderFailedEventEncoder,
    getOrderPlacedEventEncoder,
    orderKey,
    PLIMSOLL_ERROR__LIMIT_NOT_MET,
    PLIMSOLL_PROGRAM_ADDRESS as PROGRAM,
    type PlimsollEvent,
    sentenceOf,
} from "../src";

const key = (byte: number): Address => getAddressDecoder().decode(new Uint8Array(32).fill(byte));
const [account, market] = [key(1), key(2)];

function line(kind: PlimsollEvent["kind"], data: Uint8Array): string {
    const discriminator = EVENTS.find(([, known]) => known === kind)?.[0] ?? [];
    return `Program data: ${getBase64Decoder().decode(Uint8Array.from([...discriminator, ...data]))}`;
}

const placed = (sequence: bigint) =>
    line(
        "orderPlaced",
        getOrderPlacedEventEncoder().encode({
            account,
            market,
            sequence,
            lots: -7n,
            limit: 9n,
            reduceOnly: true,
            trigger: 0n,
            triggerAbove: false,
            fee: 5n,
            placedAt: 100n,
        }) as Uint8Array,
    );
const executed = (sequence: bigint) =>
    line(
        "orderExecuted",
        getOrderExecutedEventEncoder().encode({
            account,
            market,
            sequence,
            lots: -6n,
            cost: -54n,
            premium: 0n,
            spread: 1n,
            settled: 0n,
            price: 9n,
            fee: 5n,
        }) as Uint8Array,
    );
const failed = (sequence: bigint) =>
    line(
        "orderFailed",
        getOrderFailedEventEncoder().encode({
            account,
            market,
            sequence,
            error: PLIMSOLL_ERROR__LIMIT_NOT_MET,
            fee: 5n,
        }) as Uint8Array,
    );
const within = (program: string, ...lines: string[]) => [`Program ${program} invoke [1]`, ...lines, `Program ${program} success`];

test("another program cannot log an event of this one", () => {
    const foreign = key(9);
    expect(eventsIn(within(foreign, placed(1n)))).toEqual([]);
    const nested = [
        `Program ${PROGRAM} invoke [1]`,
        `Program ${foreign} invoke [2]`,
        placed(1n),
        `Program ${foreign} success`,
        placed(2n),
        `Program ${PROGRAM} success`,
    ];
    expect(eventsIn(nested).map(event => event.kind === "orderPlaced" && event.data.sequence)).toEqual([2n]);
});

test("what is no event is none", () => {
    expect(decodeEvent(new Uint8Array(8))).toBeUndefined();
    expect(decodeEvent(Uint8Array.from(EVENTS[0]?.[0] ?? []))).toBeUndefined();
    expect(eventsIn(within(PROGRAM, "Program data: AAAA", "Program log: hello"))).toEqual([]);
});

test("an order is requested, then executed or failed with its sentence, in whatever order events arrive", () => {
    const events = eventsIn(within(PROGRAM, placed(1n), placed(2n), placed(3n), executed(1n), failed(2n)));
    const states = (given: readonly PlimsollEvent[]) =>
        [1n, 2n, 3n].map(sequence => follow(new Map(), given).get(orderKey({ account, sequence })));
    for (const given of [events, [...events].reverse()]) {
        const [one, two, three] = states(given);
        expect(one).toMatchObject({ lots: -7n, placedAt: 100n, state: { kind: "executed", lots: -6n, price: 9n } });
        expect(two?.state).toEqual({
            kind: "failed",
            code: 6019,
            sentence: "The fill price is worse than the order's limit.",
            fee: 5n,
        });
        expect(three?.state).toEqual({ kind: "requested" });
    }
});

test("failures are sentences", () => {
    expect(explain({ InstructionError: [1, { Custom: 6012 }] })).toEqual({
        code: 6012,
        sentence: "Equity would fall below initial margin.",
    });
    expect(explain({ InstructionError: [0n, { Custom: 1n }] }).sentence).toMatch(/not enough tokens/);
    expect(explain({ InstructionError: [0, "InvalidAccountOwner"] }).sentence).toMatch(/another program/);
    expect(explain("BlockhashNotFound").sentence).toMatch(/too old/);
    expect(explain({ Strange: {} }).sentence).toBe("The network refused: Strange.");
    expect(sentenceOf(1)).toBeUndefined();
});
