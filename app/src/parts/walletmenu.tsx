// Connecting a wallet, and what is connected.
import { type KeyboardEvent, useEffect, useRef, useState } from "react";

import { short } from "../core/format";
import { useWallet } from "../wallet/context";
import type { Offer } from "../wallet/wallet";
import { AddressText, Note } from "./basics";
import { Icon } from "./icon";

export function WalletMenu() {
    const { wallet, disconnect } = useWallet();
    const [open, setOpen] = useState(false);
    const place = useRef<HTMLDivElement>(null);
    const opener = useRef<HTMLButtonElement>(null);

    useEffect(() => {
        if (!open) return;
        const outside = (event: PointerEvent) => {
            if (!place.current?.contains(event.target as Node)) setOpen(false);
        };
        addEventListener("pointerdown", outside);
        return () => removeEventListener("pointerdown", outside);
    }, [open]);

    const escape = (event: KeyboardEvent) => {
        if (event.key !== "Escape") return;
        setOpen(false);
        opener.current?.focus();
    };
    return (
        <div className="menu" onKeyDown={escape} ref={place}>
            <button
                aria-expanded={open}
                className={`button ${wallet ? "" : "main"}`}
                onClick={() => setOpen(!open)}
                ref={opener}
                type="button"
            >
                <Icon name="wallet" />
                {wallet ? <span className="mono">{short(wallet.address)}</span> : "Connect"}
            </button>
            {open && (
                <div className="menu-list">
                    {wallet ? (
                        <>
                            <p className="muted">
                                {wallet.name}: <AddressText address={wallet.address} />
                            </p>
                            {wallet.kind === "local" && (
                                <Note tone="care">Its key is kept in this browser. Use it on this local network alone.</Note>
                            )}
                            <button
                                onClick={() => {
                                    disconnect();
                                    setOpen(false);
                                }}
                                type="button"
                            >
                                <Icon name="close" size={20} /> Disconnect
                            </button>
                        </>
                    ) : (
                        <Offers done={() => setOpen(false)} />
                    )}
                </div>
            )}
        </div>
    );
}

function Offers({ done }: { readonly done: () => void }) {
    const { offers, connect } = useWallet();
    const [problem, setProblem] = useState<string>();
    const choose = async (offer: Offer) => {
        try {
            await connect(offer);
            done();
        } catch (error) {
            setProblem(error instanceof Error ? error.message : String(error));
        }
    };
    return (
        <>
            {offers.length === 0 && (
                <p className="muted">
                    No wallet was found in this browser. Install one that speaks the Wallet Standard, then reload.
                </p>
            )}
            {offers.map(offer => (
                <button key={offer.name} onClick={() => void choose(offer)} type="button">
                    {offer.icon ? <img alt="" src={offer.icon} /> : <Icon name="wallet" size={26} />}
                    <span>
                        {offer.name}
                        {offer.kind === "local" && <small>For this local network. Its key stays in this browser.</small>}
                    </span>
                </button>
            ))}
            {problem && (
                <Note live tone="bad">
                    {problem}
                </Note>
            )}
        </>
    );
}
