// What happened: the program's events, from the log as it comes and from the transactions of an address before that.
import { eventsIn, type LogChange, type PlimsollEvent } from "@plimsoll/client";
import type { Address, Signature } from "@solana/kit";

import type { VenueStore } from "./venue";

export type Happened = {
    readonly signature: string;
    /** Place in its transaction. */
    readonly place: number;
    readonly slot: bigint;
    /** Seconds since 1970; nothing for what is newer than the node's block times. */
    readonly time: bigint | undefined;
    readonly event: PlimsollEvent;
};

/** Transactions that are asked for at the same time. */
const AT_ONCE = 6;
/** Events that are kept. */
const KEPT = 2_000;

export class History {
    #events = new Map<string, Happened>();
    #asked = new Set<string>();
    #listeners = new Set<() => void>();
    #all: readonly Happened[] = [];
    #due: ReturnType<typeof setTimeout> | undefined;

    constructor(readonly store: VenueStore) {
        store.onLogs(change => this.#live(change));
    }

    readonly subscribe = (listener: () => void): (() => void) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
    };

    /** All that is known, newest first. */
    readonly all = (): readonly Happened[] => this.#all;

    /** Reads what happened to an address lately, once. */
    async backfill(address: Address, limit: number): Promise<void> {
        if (this.#asked.has(address)) return;
        this.#asked.add(address);
        try {
            const found = await this.store.rpc.getSignaturesForAddress(address, { limit, commitment: "confirmed" }).send();
            const wanted = found.filter(one => one.err === null && !this.#events.has(`${one.signature}/0`));
            for (let from = 0; from < wanted.length; from += AT_ONCE) {
                await Promise.all(wanted.slice(from, from + AT_ONCE).map(one => this.read(one.signature)));
            }
        } catch {
            // The node does not keep transactions: what comes from now on is shown.
            this.#asked.delete(address);
        }
    }

    /** Reads the events of a transaction. */
    async read(signature: Signature): Promise<readonly PlimsollEvent[]> {
        const found = await this.store.rpc
            .getTransaction(signature, { commitment: "confirmed", encoding: "json", maxSupportedTransactionVersion: 1 as 0 })
            .send();
        if (!found?.meta?.logMessages) return [];
        const events = eventsIn(found.meta.logMessages, this.store.network.program);
        this.#add(signature, found.slot, found.blockTime ?? undefined, events);
        return events;
    }

    #live({ signature, logs, failed, slot }: LogChange): void {
        if (failed) return;
        const events = eventsIn(logs, this.store.network.program);
        this.#add(signature, slot, this.store.clock.known ? this.store.clock.now().time : undefined, events);
    }

    #add(signature: string, slot: bigint, time: bigint | undefined, events: readonly PlimsollEvent[]): void {
        events.forEach((event, place) => {
            const key = `${signature}/${place}`;
            if (!this.#events.has(key)) this.#events.set(key, { signature, place, slot, time, event });
        });
        if (events.length > 0) this.#due ??= setTimeout(() => this.#changed(), 200);
    }

    #changed(): void {
        this.#due = undefined;
        const newest = (one: Happened, other: Happened) =>
            Number((other.time ?? 0n) - (one.time ?? 0n)) || Number(other.slot - one.slot) || other.place - one.place;
        const all = [...this.#events.values()].sort(newest);
        // Prices come many times a second: they are the first to go.
        const dull = all.filter(one => DULL.has(one.event.kind)).slice(KEPT);
        dull.forEach(one => this.#events.delete(`${one.signature}/${one.place}`));
        this.#all = all.filter(one => this.#events.has(`${one.signature}/${one.place}`));
        this.#listeners.forEach(listener => listener());
    }
}

const DULL: ReadonlySet<PlimsollEvent["kind"]> = new Set([
    "priceRefreshed",
    "secondPriceRefreshed",
    "fundingAccrued",
    "riskMeasured",
]);
