// Where the reader is: in the address bar, so that every view can be linked to.
import { isAddress, type Address } from "@solana/kit";
import { useSyncExternalStore } from "react";

export type Page = "trade" | "account" | "liquidations" | "safety";
export const PAGES: readonly Page[] = ["trade", "account", "liquidations", "safety"];

export type Route = {
    readonly page: Page;
    /** The market's name, where the page is about one. */
    readonly market: string | undefined;
    /** Whose account is only looked at. */
    readonly view: Address | undefined;
};

let last: { readonly hash: string; readonly route: Route } | undefined;

export function routeOf(hash: string): Route {
    const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?");
    const [page, market] = path.split("/");
    const view = new URLSearchParams(query).get("view");
    return {
        page: PAGES.find(known => known === page) ?? "trade",
        market: market ? decodeURIComponent(market) : undefined,
        view: view && isAddress(view) ? view : undefined,
    };
}

function current(): Route {
    if (last?.hash !== location.hash) last = { hash: location.hash, route: routeOf(location.hash) };
    return last.route;
}

function subscribe(listener: () => void): () => void {
    addEventListener("hashchange", listener);
    return () => removeEventListener("hashchange", listener);
}

export function useRoute(): Route {
    return useSyncExternalStore(subscribe, current);
}

export function hrefOf(route: Partial<Route> & { readonly page: Page }): string {
    const market = route.market ? `/${encodeURIComponent(route.market)}` : "";
    return `#/${route.page}${market}${route.view ? `?view=${route.view}` : ""}`;
}

export function go(route: Partial<Route> & { readonly page: Page }): void {
    location.hash = hrefOf(route);
}
