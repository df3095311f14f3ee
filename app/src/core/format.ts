// Numbers as text. Every number comes from the engine as an integer; here a decimal point is put in its place, digits are
// cut and groups are marked. Nothing is computed.

const MINUS = "\u2212";
const NONE = "\u2013";

export type Shown = {
    /** Digits after the point at most; what is beyond is cut. */
    readonly places?: number;
    /** Digits after the point at least. */
    readonly least?: number;
    /** Whether a plus is written. */
    readonly plus?: boolean;
};

/** An integer with its decimal point `decimals` digits from the right. */
export function decimal(value: bigint | undefined, decimals: number, shown: Shown = {}): string {
    if (value === undefined) return NONE;
    const negative = value < 0n;
    const digits = (negative ? -value : value).toString().padStart(decimals + 1, "0");
    const whole = digits.slice(0, digits.length - decimals);
    const rest = digits.slice(digits.length - decimals).slice(0, shown.places ?? decimals);
    const least = shown.least ?? 0;
    const fraction = rest.replace(/0+$/, "").padEnd(least, "0");
    const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
    const isZero = /^[0,]*$/.test(grouped) && /^0*$/.test(fraction);
    const sign = isZero ? "" : negative ? MINUS : shown.plus ? "+" : "";
    return `${sign}${grouped}${fraction ? `.${fraction}` : ""}`;
}

/** Atoms of the quote token. */
export function dollars(atoms: bigint | undefined, shown: Shown = {}): string {
    if (atoms === undefined) return NONE;
    const text = decimal(atoms, 6, { places: 2, least: 2, ...shown });
    return /^[+\u2212]/.test(text) ? `${text[0]}$${text.slice(1)}` : `$${text}`;
}

/** A large amount in short: thousands, millions, billions. */
export function shortDollars(atoms: bigint | undefined): string {
    if (atoms === undefined) return NONE;
    const whole = (atoms < 0n ? -atoms : atoms).toString().length - 6;
    for (const [digits, letter] of [
        [10, "B"],
        [7, "M"],
        [4, "K"],
    ] as const) {
        if (whole >= digits) {
            const text = decimal(atoms, 6 + digits - 1, { places: 2, least: 2 });
            return `${text.startsWith(MINUS) ? `${MINUS}$${text.slice(1)}` : `$${text}`}${letter}`;
        }
    }
    return dollars(atoms);
}

/** The engine's answer where a share does not fit. */
const LARGEST = 2_147_483_647;

/** Millionths as per cent. */
export function percent(ppm: number | undefined | null, shown: Shown = {}): string {
    if (ppm === undefined || ppm === null) return NONE;
    const text = `${decimal(BigInt(ppm), 4, { places: 2, least: 2, ...shown })}%`;
    return ppm === LARGEST ? `over ${text}` : text;
}

/** Billionths as per cent. */
export function finePercent(ppb: number | undefined, shown: Shown = {}): string {
    if (ppb === undefined) return NONE;
    return `${decimal(BigInt(ppb), 7, { places: 4, least: 4, ...shown })}%`;
}

/** A price in ticks, with all its decimals so that it does not jump about. */
export function price(ticks: bigint | undefined, decimals: number): string {
    return ticks === undefined ? NONE : decimal(ticks, decimals, { least: decimals });
}

/** What somebody typed, as an integer with so many decimals; nothing when it is no number or too fine. */
export function parseDecimal(text: string, decimals: number): bigint | undefined {
    const match = /^\s*(\d*)(?:\.(\d*))?\s*$/.exec(text.replaceAll(",", ""));
    const [whole, fraction] = [match?.[1] ?? "", (match?.[2] ?? "").replace(/0+$/, "")];
    if (!match || (whole === "" && match[2] === undefined) || (whole + fraction === "" && !/0/.test(text))) return undefined;
    if (fraction.length > decimals) return undefined;
    return BigInt((whole || "0") + fraction.padEnd(decimals, "0"));
}

/** An integer as somebody would type it. */
export function plain(value: bigint, decimals: number): string {
    return decimal(value, decimals).replaceAll(",", "");
}

/** An address in short. */
export function short(address: string): string {
    return `${address.slice(0, 4)}\u2026${address.slice(-4)}`;
}

/** Seconds in words. */
export function seconds(count: number): string {
    if (count < 60) return `${count} s`;
    if (count < 3_600) return `${Math.floor(count / 60)} min ${count % 60} s`;
    if (count < 86_400) return `${Math.floor(count / 3_600)} h ${Math.floor((count % 3_600) / 60)} min`;
    return `${Math.floor(count / 86_400)} d ${Math.floor((count % 86_400) / 3_600)} h`;
}

/** A cluster time on this machine's clock. */
export function time(at: bigint | undefined): string {
    return at === undefined ? NONE : new Date(Number(at) * 1_000).toLocaleTimeString([], { hour12: false });
}
