// The few drawings of the page, of one weight.
const PATHS = {
    trade: "M3 17l5-6 4 3 6-8M14 6h4v4",
    account: "M3 8.5A2.5 2.5 0 015.5 6h10A2.5 2.5 0 0118 8.5v5a2.5 2.5 0 01-2.5 2.5h-10A2.5 2.5 0 013 13.5zM13 11h5",
    liquidations: "M4 5h13M4 10.5h9M4 16h5",
    safety: "M10.5 3l6.5 2.5V10c0 4-2.8 6.6-6.5 8-3.7-1.4-6.5-4-6.5-8V5.5z",
    up: "M10.5 16V5M6 9.5L10.5 5 15 9.5",
    down: "M10.5 5v11M6 11.5l4.5 4.5 4.5-4.5",
    sun: "M10.5 7a3.5 3.5 0 100 7 3.5 3.5 0 000-7zM10.5 2v1.8M10.5 17.2V19M2 10.5h1.8M17.2 10.5H19M4.5 4.5l1.3 1.3M15.2 15.2l1.3 1.3M4.5 16.5l1.3-1.3M15.2 5.8l1.3-1.3",
    moon: "M17 12.5A7 7 0 018.5 4a7 7 0 108.5 8.5z",
    copy: "M7.5 7.5h9v9h-9zM4.5 13.5v-9h9",
    check: "M4.5 11l4 4 8-9",
    alert: "M10.5 3.5l8 13.5h-16zM10.5 8.5v4M10.5 14.6v.2",
    info: "M10.5 3a7.5 7.5 0 100 15 7.5 7.5 0 000-15zM10.5 9.7v4.3M10.5 6.9v.2",
    close: "M5 5l11 11M16 5L5 16",
    wait: "M10.5 3a7.5 7.5 0 017.5 7.5",
    eye: "M2.5 10.5S5.5 5 10.5 5s8 5.5 8 5.5-3 5.5-8 5.5-8-5.5-8-5.5zM10.5 8.2a2.3 2.3 0 100 4.6 2.3 2.3 0 000-4.6z",
    chevron: "M5.5 8l5 5 5-5",
    table: "M3.5 4.5h14v12h-14zM3.5 8.5h14M8.5 8.5v8",
    wallet: "M3 7a2 2 0 012-2h9v2.5M3 7v7.5a2 2 0 002 2h11a1.5 1.5 0 001.5-1.5V9A1.5 1.5 0 0016 7.5H4.5A1.5 1.5 0 013 7zM14 12h.2",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({
    name,
    size = 18,
    className,
}: {
    readonly name: IconName;
    readonly size?: number;
    readonly className?: string;
}) {
    return (
        <svg
            aria-hidden="true"
            className={className}
            fill="none"
            height={size}
            stroke="currentColor"
            strokeLinecap="round"
            strokeLinejoin="round"
            strokeWidth={1.6}
            viewBox="0 0 21 21"
            width={size}
        >
            <path d={PATHS[name]} />
        </svg>
    );
}

/** The load line: a ship's mark of how deep it may lie. */
export function Mark({ size = 26 }: { readonly size?: number }) {
    return (
        <svg
            aria-hidden="true"
            fill="none"
            height={size}
            stroke="currentColor"
            strokeWidth={2.6}
            viewBox="0 0 32 32"
            width={size}
        >
            <circle cx="16" cy="16" r="9" />
            <path d="M2 16h28" />
        </svg>
    );
}
