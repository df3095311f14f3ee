// From instructions to a confirmed transaction: simulated first, then signed, sent and followed.
import { explain, type Failure, type PlimsollEvent, eventsIn } from "@plimsoll/client";
import {
    type Address,
    appendTransactionMessageInstructions,
    type Base64EncodedWireTransaction,
    compileTransaction,
    createTransactionMessage,
    getBase64Decoder,
    getBase64EncodedWireTransaction,
    getSignatureFromTransaction,
    getTransactionDecoder,
    getTransactionEncoder,
    type Instruction,
    pipe,
    setTransactionMessageComputeUnitLimit,
    setTransactionMessageFeePayer,
    setTransactionMessageLifetimeUsingBlockhash,
    type Signature,
} from "@solana/kit";

import type { VenueStore } from "./venue";
import { Refused, type Wallet } from "../wallet/wallet";

/** It was refused, failed, or is not known to have passed. */
export class Failed extends Error {
    constructor(
        readonly failure: Failure,
        /** Where it ended. */
        readonly at: "simulation" | "wallet" | "network" | "chain",
        readonly signature?: string,
    ) {
        super(failure.sentence);
    }
}

export type Sent = { readonly signature: Signature; readonly events: readonly PlimsollEvent[] };

/** How far it has come. */
export type Step = "checking" | "signing" | "sending" | "confirming";

/** Compute units that are asked for beyond what a simulation took, in per cent. */
const MARGIN = 25;
const MOST_UNITS = 1_400_000;
/** For how long a transaction is waited for, and how often it is looked for, in milliseconds. */
const PATIENCE = 45_000;
const LOOK = 400;

function message(payer: Address, instructions: readonly Instruction[], blockhash: Lifetime, units: number) {
    return pipe(
        createTransactionMessage({ version: 0 }),
        made => setTransactionMessageFeePayer(payer, made),
        made => setTransactionMessageLifetimeUsingBlockhash(blockhash, made),
        made => setTransactionMessageComputeUnitLimit(units, made),
        made => appendTransactionMessageInstructions(instructions, made),
    );
}

type Lifetime = Parameters<typeof setTransactionMessageLifetimeUsingBlockhash>[0];

function unreachable(error: unknown): Failed {
    const detail = error instanceof Error ? error.message : String(error);
    return new Failed({ sentence: `The network does not answer: nothing was sent. (${detail})` }, "network");
}

/** Sends instructions that only the wallet signs. */
export async function send(
    store: VenueStore,
    wallet: Pick<Wallet, "address" | "sign">,
    instructions: readonly Instruction[],
    step: (step: Step) => void = () => undefined,
): Promise<Sent> {
    step("checking");
    const { rpc } = store;
    const lifetime = await rpc
        .getLatestBlockhash({ commitment: "confirmed" })
        .send()
        .catch(error => Promise.reject(unreachable(error)));
    const draft = compileTransaction(message(wallet.address, instructions, lifetime.value, MOST_UNITS));
    const simulated = await rpc
        .simulateTransaction(getBase64EncodedWireTransaction(draft), {
            commitment: "confirmed",
            encoding: "base64",
            replaceRecentBlockhash: true,
            sigVerify: false,
        })
        .send()
        .catch(error => Promise.reject(unreachable(error)));
    if (simulated.value.err !== null) throw new Failed(explain(simulated.value.err), "simulation");

    const used = Number(simulated.value.unitsConsumed ?? MOST_UNITS);
    const units = Math.min(MOST_UNITS, Math.ceil((used * (100 + MARGIN)) / 100) + 1_000);
    const transaction = compileTransaction(message(wallet.address, instructions, lifetime.value, units));
    step("signing");
    const signed = await wallet.sign(Uint8Array.from(getTransactionEncoder().encode(transaction))).catch((error: unknown) => {
        const sentence = error instanceof Error ? error.message : String(error);
        throw new Failed({ sentence }, "wallet", error instanceof Refused ? undefined : "");
    });
    step("sending");
    const wire = getBase64Decoder().decode(signed) as Base64EncodedWireTransaction;
    const signature = await rpc
        .sendTransaction(wire, { encoding: "base64", skipPreflight: true, maxRetries: 5n })
        .send()
        .catch((error: unknown) => landed(store, signed, sendingFailed(error)));
    step("confirming");
    return confirm(store, signature);
}

/** A node may answer with the failure of a transaction that it executed at once. */
function sendingFailed(error: unknown): Failed {
    const context = (error as { context?: { err?: unknown } } | undefined)?.context;
    const cause = (error as { cause?: { context?: { code?: unknown; index?: unknown } } } | undefined)?.cause;
    if (context?.err) return new Failed(explain(context.err), "chain");
    const code = cause?.context?.code;
    if (typeof code === "number")
        return new Failed(explain({ InstructionError: [cause?.context?.index ?? 0, { Custom: code }] }), "chain");
    const custom = /custom program error: (0x[0-9a-f]+)/i.exec(error instanceof Error ? error.message : String(error))?.[1];
    if (custom) return new Failed(explain({ InstructionError: [0, { Custom: parseInt(custom, 16) }] }), "chain");
    return unreachable(error);
}

/** Some nodes answer with an error that says nothing about a transaction that they executed at once: the chain knows it. */
async function landed(store: VenueStore, signed: Uint8Array, failed: Failed): Promise<Signature> {
    if (failed.at !== "network") throw failed;
    const signature = getSignatureFromTransaction(getTransactionDecoder().decode(signed));
    const found = await store.rpc
        .getSignatureStatuses([signature])
        .send()
        .catch(() => undefined);
    if (!found?.value[0]) throw failed;
    return signature;
}

async function confirm(store: VenueStore, signature: Signature): Promise<Sent> {
    const until = Date.now() + PATIENCE;
    while (Date.now() < until) {
        const found = await store.rpc
            .getSignatureStatuses([signature])
            .send()
            .catch(() => undefined);
        const status = found?.value[0];
        if (status?.err) throw new Failed(explain(status.err), "chain", signature);
        if (status && status.confirmationStatus !== "processed") return { signature, events: await eventsOf(store, signature) };
        await new Promise(resolve => setTimeout(resolve, LOOK));
    }
    const sentence =
        "The network has not confirmed this transaction in time. It may still pass: look at your account before you try again.";
    throw new Failed({ sentence }, "network", signature);
}

async function eventsOf(store: VenueStore, signature: Signature): Promise<readonly PlimsollEvent[]> {
    const options = { commitment: "confirmed", encoding: "json", maxSupportedTransactionVersion: 0 } as const;
    const found = await store.rpc
        .getTransaction(signature, options)
        .send()
        .catch(() => undefined);
    return found?.meta?.logMessages ? eventsIn(found.meta.logMessages, store.network.program) : [];
}
