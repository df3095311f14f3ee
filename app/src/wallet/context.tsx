// The connected wallet, and whose account is looked at.
import type { Address } from "@solana/kit";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from "react";

import { useCore } from "../core/context";
import { useRoute } from "../core/route";
import { LOCAL } from "./local";
import { watchWallets } from "./standard";
import type { Offer, Wallet } from "./wallet";

type Wallets = {
    readonly offers: readonly Offer[];
    readonly wallet: Wallet | undefined;
    /** Whose account the pages show. */
    readonly shown: Address | undefined;
    /** Whether it may only be looked at. */
    readonly viewOnly: boolean;
    readonly connect: (offer: Offer) => Promise<void>;
    readonly disconnect: () => void;
};

const WalletContext = createContext<Wallets | undefined>(undefined);
const LAST = "plimsoll.wallet";

export function useWallet(): Wallets {
    const wallets = useContext(WalletContext);
    if (!wallets) throw new Error("The page is outside its wallet's context.");
    return wallets;
}

export function WalletProvider({ children }: { readonly children: ReactNode }) {
    const { store } = useCore();
    const { view } = useRoute();
    const [found, setFound] = useState<readonly Offer[]>([]);
    const [connected, setConnected] = useState<{ readonly offer: Offer; readonly wallet: Wallet }>();
    const tried = useRef(new Set<string>());
    const { chain, faucet } = store.network;
    const local = faucet !== undefined;
    const offers = useMemo(() => (local ? [...found, LOCAL] : found), [found, local]);

    useEffect(() => watchWallets(chain, setFound), [chain]);

    const connect = useCallback(async (offer: Offer, silently = false) => {
        const wallet = await offer.connect(silently);
        if (!wallet) return;
        setConnected({ offer, wallet });
        localStorage.setItem(LAST, `${offer.kind}/${offer.name}`);
    }, []);

    // Whoever was connected comes back, if the wallet lets it without asking.
    useEffect(() => {
        const last = localStorage.getItem(LAST);
        const offer = offers.find(one => `${one.kind}/${one.name}` === last);
        if (!offer || connected || tried.current.has(offer.name)) return;
        tried.current.add(offer.name);
        connect(offer, true).catch(() => undefined);
    }, [offers, connected, connect]);

    const disconnect = useCallback(() => {
        localStorage.removeItem(LAST);
        connected?.offer.disconnect().catch(() => undefined);
        setConnected(undefined);
    }, [connected]);

    const shown = view ?? connected?.wallet.address;
    useEffect(() => void store.look(shown), [store, shown]);

    const value = useMemo<Wallets>(
        () => ({
            offers,
            wallet: connected?.wallet,
            shown,
            viewOnly: view !== undefined && view !== connected?.wallet.address,
            connect,
            disconnect,
        }),
        [offers, connected, shown, view, connect, disconnect],
    );
    return <WalletContext value={value}>{children}</WalletContext>;
}
