// The cluster's clock: read from its account, and carried on by this machine's between two readings.
import type { Address, ReadonlyUint8Array } from "@solana/kit";

export const CLOCK_ADDRESS = "SysvarC1ock11111111111111111111111111111111" as Address;

/** Beyond so many milliseconds without a reading the clock is not carried on. */
const LONGEST = 30_000;

export class Clock {
    #slot = 0n;
    #time = 0n;
    #read = 0;

    /** Takes the account's data. */
    take(data: ReadonlyUint8Array): void {
        if (data.length < 40) return;
        const view = new DataView(data.buffer, data.byteOffset);
        const time = view.getBigInt64(32, true);
        this.#slot = view.getBigUint64(0, true);
        // Readings come many times a second and have whole seconds.
        if (time !== this.#time) [this.#time, this.#read] = [time, performance.now()];
    }

    get known(): boolean {
        return this.#time !== 0n;
    }

    now(): { readonly time: bigint; readonly slot: bigint } {
        const passed = Math.min(performance.now() - this.#read, LONGEST);
        return { time: this.#time + BigInt(Math.floor(passed / 1_000)), slot: this.#slot };
    }
}
