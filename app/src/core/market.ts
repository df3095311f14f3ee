// The markets by name.
import { useMemo } from "react";

import { useAnswer, useCore, useVersion } from "./context";
import type { NetworkMarket } from "./network";
import { useRoute } from "./route";

/** The market that the address bar names, or the first. */
export function useMarket(): NetworkMarket | undefined {
    const { store } = useCore();
    const { market } = useRoute();
    const { markets } = store.network;
    return markets.find(one => one.name.toLowerCase() === market?.toLowerCase()) ?? markets[0];
}

/** A market's figures. */
export function useFigures(address: string | undefined) {
    return useAnswer(venue => (address ? venue.market(address) : undefined), [address]);
}

/** Names and decimals by address. */
export function useMarketNames(): ReadonlyMap<string, { readonly name: string; readonly price: number; readonly size: number }> {
    const { store } = useCore();
    const version = useVersion();
    return useMemo(() => {
        const named = store.network.markets.map(({ address, name }) => {
            const figures = store.ask(venue => venue.market(address));
            return [address, { name, price: figures?.priceDecimals ?? 0, size: figures?.sizeDecimals ?? 0 }] as const;
        });
        return new Map(named);
        // The version stands for what the store knows.
    }, [store, version]);
}
