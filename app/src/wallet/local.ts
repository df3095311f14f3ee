// A wallet for a local network, whose key is kept in this browser. It is offered where tokens are worth nothing.
import {
    createKeyPairFromPrivateKeyBytes,
    getAddressFromPublicKey,
    getTransactionDecoder,
    getTransactionEncoder,
    partiallySignTransaction,
} from "@solana/kit";

import type { Offer, Wallet } from "./wallet";

const PLACE = "plimsoll.local-wallet";

function seed(): Uint8Array {
    const stored = localStorage.getItem(PLACE);
    if (stored && /^[0-9a-f]{64}$/.test(stored)) {
        return Uint8Array.from(stored.match(/../g) ?? [], byte => parseInt(byte, 16));
    }
    const fresh = crypto.getRandomValues(new Uint8Array(32));
    localStorage.setItem(PLACE, Array.from(fresh, byte => byte.toString(16).padStart(2, "0")).join(""));
    return fresh;
}

async function open(): Promise<Wallet> {
    const keys = await createKeyPairFromPrivateKeyBytes(seed());
    return {
        kind: "local",
        name: "Local test wallet",
        icon: undefined,
        address: await getAddressFromPublicKey(keys.publicKey),
        sign: async bytes => {
            const signed = await partiallySignTransaction([keys], getTransactionDecoder().decode(bytes));
            return Uint8Array.from(getTransactionEncoder().encode(signed));
        },
    };
}

export const LOCAL: Offer = {
    kind: "local",
    name: "Local test wallet",
    icon: undefined,
    connect: open,
    disconnect: async () => undefined,
};
