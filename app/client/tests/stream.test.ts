// Given a network that breaks, when accounts are followed, then they are read again and never go back.
import type { Address } from "@solana/kit";
import { expect, test } from "vitest";

import { type AccountChange, type Connection, follows, type StreamRpc, type StreamSubscriptions } from "../src";

const ADDRESS = "11111111111111111111111111111112" as Address;

/** A subscription that gives what it is told, and breaks when it is told. */
class Source<T> implements AsyncIterable<T> {
    #waiting: ((result: IteratorResult<T>) => void) | undefined;
    #broken: ((error: Error) => void) | undefined;
    #queue: T[] = [];

    give(value: T): void {
        if (this.#waiting) [this.#waiting, this.#waiting] = [undefined, void this.#waiting({ value, done: false })];
        else this.#queue.push(value);
    }

    break(): void {
        this.#broken?.(new Error("the socket is gone"));
    }

    [Symbol.asyncIterator](): AsyncIterator<T> {
        return {
            next: () =>
                new Promise((resolve, reject) => {
                    this.#broken = reject;
                    const value = this.#queue.shift();
                    if (value === undefined) this.#waiting = resolve;
                    else resolve({ value, done: false });
                }),
        };
    }
}

const encoded = (byte: number) => ({ data: [btoa(String.fromCharCode(byte)), "base64"], owner: ADDRESS, lamports: 1n });
const until = async (holds: () => boolean) => {
    for (let tries = 0; tries < 400 && !holds(); tries += 1) await new Promise(resolve => setTimeout(resolve, 10));
    expect(holds()).toBe(true);
};

function network() {
    const sources: { accounts: Source<unknown>; slots: Source<unknown> }[] = [];
    let reading: Promise<void> = Promise.resolve();
    const state = { byte: 1, reads: 0 };
    const rpc = {
        getMultipleAccounts: (addresses: readonly Address[]) => ({
            send: async () => {
                state.reads += 1;
                const byte = state.byte;
                await reading;
                return { context: { slot: 1n }, value: addresses.map(() => encoded(byte)) };
            },
        }),
    };
    const subscriptions = () => {
        const made = { accounts: new Source<unknown>(), slots: new Source<unknown>() };
        sources.push(made);
        const subscribe = (source: Source<unknown>) => () => ({ subscribe: async () => source });
        return {
            accountNotifications: subscribe(made.accounts),
            slotNotifications: subscribe(made.slots),
        } as unknown as StreamSubscriptions;
    };
    return {
        sources,
        state,
        rpc: rpc as unknown as StreamRpc,
        subscriptions,
        hold: (held: Promise<void>) => void (reading = held),
    };
}

test("it reads, follows, notices a break and comes back", async () => {
    const { sources, state, rpc, subscriptions } = network();
    const [seen, states, stop]: [number[], Connection[], AbortController] = [[], [], new AbortController()];
    const handlers = {
        onAccount: ({ data }: AccountChange) => void seen.push(data?.[0] ?? 0),
        onConnection: (connection: Connection) => void states.push(connection),
    };
    const done = follows({ rpc, subscriptions, addresses: [ADDRESS], backoff: [10, 20] }, handlers, stop.signal);
    await until(() => seen.length === 1);
    sources[0]?.accounts.give({ context: { slot: 0n }, value: encoded(2) });
    await until(() => seen.at(-1) === 2);
    state.byte = 3;
    sources[0]?.slots.break();
    await until(() => seen.at(-1) === 3 && states.at(-1) === "live");
    expect(states).toEqual(["connecting", "live", "down", "connecting", "live"]);
    sources[1]?.accounts.give({ context: { slot: 0n }, value: encoded(4) });
    await until(() => seen.at(-1) === 4);
    stop.abort();
    await done;
});

test("what was read does not replace what arrived meanwhile", async () => {
    const { sources, state, rpc, subscriptions, hold } = network();
    const [seen, stop]: [number[], AbortController] = [[], new AbortController()];
    let answer: () => void = () => undefined;
    hold(new Promise(resolve => (answer = resolve)));
    const handlers = { onAccount: ({ data }: AccountChange) => void seen.push(data?.[0] ?? 0), onConnection: () => undefined };
    const done = follows({ rpc, subscriptions, addresses: [ADDRESS] }, handlers, stop.signal);
    await until(() => state.reads === 1);
    sources[0]?.accounts.give({ context: { slot: 0n }, value: encoded(9) });
    await until(() => seen.length === 1);
    answer();
    await new Promise(resolve => setTimeout(resolve, 50));
    expect(seen, "the old reading is left out").toEqual([9]);
    stop.abort();
    await done;
});

test("silence is a break", async () => {
    const { sources, rpc, subscriptions } = network();
    const [states, stop]: [Connection[], AbortController] = [[], new AbortController()];
    const handlers = { onAccount: () => undefined, onConnection: (connection: Connection) => void states.push(connection) };
    const done = follows({ rpc, subscriptions, addresses: [ADDRESS], backoff: [10, 20], silence: 200 }, handlers, stop.signal);
    await until(() => sources.length >= 2);
    expect(states.slice(0, 3)).toEqual(["connecting", "live", "down"]);
    stop.abort();
    await done;
});
