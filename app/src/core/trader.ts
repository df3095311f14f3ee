// Whoever may sign for the account that is shown.
import type { Instruction } from "@solana/kit";
import { useMemo } from "react";

import { useWallet } from "../wallet/context";
import { Actions } from "./actions";
import { useCore, useVersion } from "./context";
import { type Sent, send, type Step } from "./send";

export type Trader = {
    readonly actions: Actions;
    readonly send: (instructions: readonly Instruction[], step: (step: Step) => void) => Promise<Sent>;
};

/** The connected wallet with its account; nothing when nobody is connected or somebody else is looked at. */
export function useTrader(): Trader | undefined {
    const { store } = useCore();
    const { wallet, viewOnly } = useWallet();
    useVersion();
    const margin = store.mine?.margin;
    return useMemo(() => {
        if (!wallet || viewOnly || !margin || store.owner !== wallet.address) return undefined;
        return {
            actions: new Actions(store, wallet.address, margin),
            send: (instructions, step) => send(store, wallet, instructions, step),
        };
    }, [store, wallet, viewOnly, margin]);
}
