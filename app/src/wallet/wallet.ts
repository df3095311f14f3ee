// A wallet as the page uses it, wherever its key is.
import type { Address } from "@solana/kit";

export type Wallet = {
    readonly kind: "local" | "standard";
    readonly name: string;
    readonly icon: string | undefined;
    readonly address: Address;
    /** Signs a transaction's bytes and gives the signed ones back. Fails with a sentence when the owner refuses. */
    readonly sign: (transaction: Uint8Array) => Promise<Uint8Array>;
};

/** A wallet that can be connected. */
export type Offer = {
    readonly kind: Wallet["kind"];
    readonly name: string;
    readonly icon: string | undefined;
    readonly connect: (silently: boolean) => Promise<Wallet | undefined>;
    readonly disconnect: () => Promise<void>;
};

/** The owner said no. */
export class Refused extends Error {
    constructor() {
        super("You refused this in your wallet. Nothing was sent.");
    }
}
