// Header, navigation and what is true of the whole page: whether it is live, whose account it shows.
import { type ReactNode, useState } from "react";

import { useCore, useVersion } from "../core/context";
import { hrefOf, type Page, PAGES, useRoute } from "../core/route";
import { useWallet } from "../wallet/context";
import { AddressText, Pill } from "./basics";
import { Icon, Mark } from "./icon";
import { Notices } from "./notices";
import { WalletMenu } from "./walletmenu";

const NAMES: Readonly<Record<Page, string>> = {
    trade: "Trade",
    account: "Account",
    liquidations: "Liquidations",
    safety: "Safety",
};

export function Frame({ children }: { readonly children: ReactNode }) {
    const route = useRoute();
    return (
        <div className="frame">
            <a
                className="skip"
                href="#main"
                onClick={event => (event.preventDefault(), document.getElementById("main")?.focus())}
            >
                Skip to the page
            </a>
            <header className="header">
                <a className="brand" href={hrefOf({ page: "trade", view: route.view })}>
                    <Mark />
                    <span>Plimsoll</span>
                </a>
                <nav aria-label="Pages" className="nav">
                    {PAGES.map(page => (
                        <a
                            aria-current={page === route.page ? "page" : undefined}
                            href={hrefOf({ page, view: route.view, market: page === route.page ? route.market : undefined })}
                            key={page}
                        >
                            <Icon name={page} size={20} />
                            {NAMES[page]}
                        </a>
                    ))}
                </nav>
                <div className="header-end">
                    <ConnectionPill />
                    <ThemeButton />
                    <WalletMenu />
                </div>
            </header>
            <Banners />
            <main className="page" id="main" tabIndex={-1}>
                <h1 className="hidden">{NAMES[route.page]}</h1>
                {children}
            </main>
            <Notices />
        </div>
    );
}

function ConnectionPill() {
    const { store } = useCore();
    useVersion();
    const said = { live: "Live", connecting: "Connecting", down: "Offline" }[store.connection];
    const tone = { live: "good", connecting: "care", down: "bad" } as const;
    return (
        <span className="connection" role="status">
            <Pill tone={tone[store.connection]}>
                <i className={`dot ${store.connection === "live" ? "" : "hollow"}`} />
                {said}
            </Pill>
        </span>
    );
}

function Banners() {
    const { store } = useCore();
    const { wallet, viewOnly, shown } = useWallet();
    const route = useRoute();
    useVersion();
    return (
        <aside aria-label="Notices of the page">
            {store.connection === "down" && (
                <div className="banner" role="alert">
                    <Icon name="alert" />
                    The network does not answer. What you see is old and is marked so; this page keeps trying.
                </div>
            )}
            {viewOnly && shown && (
                <div className="banner plain">
                    <Icon name="eye" />
                    <span>
                        You are looking at <AddressText address={shown} />. Nothing can be signed here.
                    </span>
                    <a href={hrefOf({ page: route.page, market: route.market })}>Stop looking</a>
                </div>
            )}
            {wallet?.kind === "local" && !viewOnly && (
                <div className="banner">
                    <Icon name="alert" />
                    Local test wallet: its key is kept in this browser, and these tokens are worth nothing.
                </div>
            )}
        </aside>
    );
}

function ThemeButton() {
    const dark = () =>
        (document.documentElement.dataset["theme"] ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) ===
        "dark";
    const [isDark, setDark] = useState(dark);
    const change = () => {
        const theme = isDark ? "light" : "dark";
        document.documentElement.dataset["theme"] = theme;
        localStorage.setItem("plimsoll.theme", theme);
        setDark(!isDark);
        dispatchEvent(new Event("plimsoll-theme"));
    };
    return (
        <button aria-label={isDark ? "Light theme" : "Dark theme"} className="button icon" onClick={change} type="button">
            <Icon name={isDark ? "sun" : "moon"} />
        </button>
    );
}
