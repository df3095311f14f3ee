// The program's events in the log of a transaction.
import { type Address, getBase64Encoder, type ReadonlyUint8Array } from "@solana/kit";

import { PLIMSOLL_PROGRAM_ADDRESS } from "./generated";
import { EVENTS, type PlimsollEvent } from "./generated/events";

const DATA = "Program data: ";
const base64 = getBase64Encoder();

/** An event from its bytes; nothing when they are none. */
export function decodeEvent(data: ReadonlyUint8Array): PlimsollEvent | undefined {
    for (const [discriminator, kind, decoder] of EVENTS) {
        if (discriminator.every((byte, at) => data[at] === byte)) {
            try {
                return { kind, data: decoder.decode(data, discriminator.length) } as PlimsollEvent;
            } catch {
                return undefined;
            }
        }
    }
    return undefined;
}

/** All events in a log, in order. What other programs logged is left out, whatever it looks like. */
export function eventsIn(logs: readonly string[], program: Address = PLIMSOLL_PROGRAM_ADDRESS): PlimsollEvent[] {
    const running: string[] = [];
    const events: PlimsollEvent[] = [];
    for (const line of logs) {
        const invoked = /^Program (\w+) invoke \[\d+\]$/.exec(line);
        if (invoked?.[1]) running.push(invoked[1]);
        else if (/^Program \w+ (success|failed)/.test(line)) running.pop();
        else if (line.startsWith(DATA) && running.at(-1) === program) {
            const event = decodeEvent(base64.encode(line.slice(DATA.length)));
            if (event) events.push(event);
        }
    }
    return events;
}
