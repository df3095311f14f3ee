// What every page has: the venue, what happened, the wallet, and hooks that ask.
import { createContext, useContext, useMemo, useSyncExternalStore } from "react";

import type { Happened, History } from "./history";
import type { Venue } from "./engine";
import type { VenueStore } from "./venue";

type Core = { readonly store: VenueStore; readonly history: History };

export const CoreContext = createContext<Core | undefined>(undefined);

export function useCore(): Core {
    const core = useContext(CoreContext);
    if (!core) throw new Error("The page is outside its context.");
    return core;
}

/** Changes whenever an account has changed, and every second. */
export function useVersion(): number {
    const { store } = useCore();
    return useSyncExternalStore(store.subscribe, store.version);
}

/** An answer of the engine that is asked for again when an account or one of `inputs` changes. */
export function useAnswer<T>(question: (venue: Venue) => T, inputs: readonly unknown[]): T | undefined {
    const { store } = useCore();
    const version = useVersion();
    return useMemo(() => store.ask(question), [store, version, ...inputs]);
}

/** What happened that passes a test, newest first. */
export function useHappened(test: (one: Happened) => boolean, limit: number): readonly Happened[] {
    const { history } = useCore();
    const all = useSyncExternalStore(history.subscribe, history.all);
    return useMemo(() => {
        const found: Happened[] = [];
        for (const one of all) {
            if (test(one)) found.push(one);
            if (found.length >= limit) break;
        }
        return found;
        // The test is of the page that asks; it changes with what it is about.
    }, [all, test, limit]);
}

/** The account that is looked at, if it exists. */
export function useAccount() {
    const { store } = useCore();
    useVersion();
    const margin = store.mine?.margin;
    return useAnswer(venue => (margin && store.has(margin) ? venue.account(margin) : undefined), [margin]);
}
