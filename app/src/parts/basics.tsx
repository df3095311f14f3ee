// Small parts that all pages are made of.
import { type ReactNode, useState } from "react";

import { short } from "../core/format";
import { hrefOf } from "../core/route";
import { Icon, type IconName } from "./icon";

export function Panel({
    title,
    end,
    children,
    flush = false,
    id,
}: {
    readonly title: ReactNode;
    readonly end?: ReactNode;
    readonly children: ReactNode;
    /** Whether the content reaches the panel's edges. */
    readonly flush?: boolean;
    readonly id?: string;
}) {
    return (
        <section aria-label={typeof title === "string" ? title : undefined} className="panel" id={id}>
            <header className="panel-head">
                {typeof title === "string" ? <h2>{title}</h2> : title}
                {end && <div className="end">{end}</div>}
            </header>
            <div className={flush ? undefined : "panel-body"}>{children}</div>
        </section>
    );
}

export function Stat({
    label,
    children,
    note,
    title,
}: {
    readonly label: string;
    readonly children: ReactNode;
    readonly note?: ReactNode;
    readonly title?: string;
}) {
    return (
        <div className="stat" title={title}>
            <dt>{label}</dt>
            <dd>
                {children} {note && <small>{note}</small>}
            </dd>
        </div>
    );
}

export function Figure({
    label,
    children,
    before,
    title,
}: {
    readonly label: string;
    readonly children: ReactNode;
    /** What it is now, where the figure is what it would be. */
    readonly before?: ReactNode;
    readonly title?: string;
}) {
    return (
        <div title={title}>
            <dt>{label}</dt>
            <dd>
                {before !== undefined && <span className="then">{before} → </span>}
                {children}
            </dd>
        </div>
    );
}

export type Tone = "plain" | "good" | "care" | "bad";

export function Pill({
    tone = "plain",
    icon,
    children,
}: {
    readonly tone?: Tone;
    readonly icon?: IconName;
    readonly children: ReactNode;
}) {
    return (
        <span className={`pill ${tone === "plain" ? "" : tone}`}>
            {icon && <Icon name={icon} size={13} />}
            {children}
        </span>
    );
}

export function Note({
    tone = "plain",
    children,
    live = false,
}: {
    readonly tone?: "plain" | "care" | "bad";
    readonly children: ReactNode;
    readonly live?: boolean;
}) {
    return (
        <p className={`note ${tone}`} role={live ? "status" : undefined}>
            <Icon name={tone === "plain" ? "info" : "alert"} size={16} />
            <span>{children}</span>
        </p>
    );
}

export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
    return (
        <div className="empty">
            <strong>{title}</strong>
            {children}
        </div>
    );
}

/** An address in short, which can be copied and looked at. */
export function AddressText({
    address,
    link = false,
    copies = true,
}: {
    readonly address: string;
    readonly link?: boolean;
    readonly copies?: boolean;
}) {
    const [copied, setCopied] = useState(false);
    const copy = async () => {
        await navigator.clipboard.writeText(address);
        setCopied(true);
        setTimeout(() => setCopied(false), 1_500);
    };
    const text = <span className="mono">{short(address)}</span>;
    return (
        <span className="address" title={address}>
            {link ? (
                <a className="link" href={hrefOf({ page: "account", view: address as never })}>
                    {text}
                </a>
            ) : (
                text
            )}
            {copies && (
                <button
                    aria-label={copied ? "Copied" : `Copy the address ${short(address)}`}
                    onClick={() => void copy()}
                    type="button"
                >
                    <Icon name={copied ? "check" : "copy"} size={14} />
                </button>
            )}
        </span>
    );
}

/** A part of a whole as a bar; the number stands beside it in text. */
export function Meter({
    part,
    label,
    tone = "plain",
}: {
    /** Millionths. */
    readonly part: number;
    readonly label: string;
    readonly tone?: "plain" | "care" | "bad";
}) {
    const width = Math.max(0, Math.min(100, part / 10_000));
    return (
        <div
            aria-label={label}
            aria-valuemax={100}
            aria-valuemin={0}
            aria-valuenow={Math.round(width)}
            className={`meter ${tone}`}
            role="meter"
        >
            <i style={{ width: `${width}%` }} />
        </div>
    );
}

/** Long or short, said and drawn. */
export function Side({ lots }: { readonly lots: bigint }) {
    const long = lots > 0n;
    return (
        <span className={long ? "up" : "down"} style={{ display: "inline-flex", alignItems: "center", gap: 4, fontWeight: 600 }}>
            <Icon name={long ? "up" : "down"} size={14} />
            {long ? "Long" : "Short"}
        </span>
    );
}

/** A signed amount: colour and sign say the same. */
export function Signed({ value, children }: { readonly value: bigint | number; readonly children: ReactNode }) {
    return <span className={value > 0 ? "up" : value < 0 ? "down" : undefined}>{children}</span>;
}
