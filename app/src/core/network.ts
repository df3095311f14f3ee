// The network that the app is for, as whoever started or deployed it describes it in /network.json.
//
// The shape of that file is known here alone. It is the one that `plimsoll up` writes.
import { address, type Address } from "@solana/kit";

export type NetworkMarket = {
    readonly name: string;
    readonly address: Address;
    readonly queue: Address;
};

export type Network = {
    readonly rpc: string;
    readonly ws: string;
    readonly program: Address;
    readonly exchange: Address;
    readonly quoteMint: Address;
    readonly tokenProgram: Address;
    readonly insuranceFund: Address;
    readonly markets: readonly NetworkMarket[];
    /** Who mints the quote token for whoever asks: on local networks only. */
    readonly faucet: { readonly authority: Address; readonly secretKey: Uint8Array } | undefined;
    /** What wallets call this network. */
    readonly chain: `solana:${string}`;
};

const NEWEST = 1;

type Json = { readonly [name: string]: unknown };

function text(json: Json, name: string): string {
    const value = json[name];
    if (typeof value !== "string" || value === "") throw new Error(`network.json has no ${name}.`);
    return value;
}

function object(value: unknown): Json | undefined {
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

function market(value: unknown): NetworkMarket {
    const json = object(value);
    if (!json) throw new Error("network.json has a market that is none.");
    return { name: text(json, "name"), address: address(text(json, "address")), queue: address(text(json, "queue")) };
}

function faucet(value: unknown): Network["faucet"] {
    const json = object(value);
    const key = json?.["secretKey"];
    if (!json || !Array.isArray(key)) return undefined;
    return { authority: address(text(json, "mintAuthority")), secretKey: Uint8Array.from(key as number[]) };
}

/** A host that is this machine: the page may have been opened from another one, by the name it knows. */
function reachable(url: string): string {
    const parsed = new URL(url);
    const local = ["127.0.0.1", "localhost", "0.0.0.0", "[::1]"];
    if (local.includes(parsed.hostname) && location.hostname && !local.includes(location.hostname)) {
        parsed.hostname = location.hostname;
    }
    return parsed.href.replace(/\/$/, "");
}

function chainOf(rpc: string, local: boolean): Network["chain"] {
    if (local) return "solana:localnet";
    if (/devnet/.test(rpc)) return "solana:devnet";
    return /testnet/.test(rpc) ? "solana:testnet" : "solana:mainnet";
}

export function parseNetwork(json: Json): Network {
    const version = json["version"] ?? NEWEST;
    if (typeof version !== "number" || version > NEWEST) {
        throw new Error("network.json is of a newer version than this app: update the app.");
    }
    const markets = json["markets"];
    if (!Array.isArray(markets)) throw new Error("network.json has no markets.");
    const source = faucet(json["faucet"]);
    return {
        rpc: reachable(text(json, "rpc")),
        ws: reachable(text(json, "ws")),
        program: address(text(json, "program")),
        exchange: address(text(json, "exchange")),
        quoteMint: address(text(json, "quoteMint")),
        tokenProgram: address(text(json, "tokenProgram")),
        insuranceFund: address(text(json, "insuranceFund")),
        markets: markets.map(market),
        faucet: source,
        chain: chainOf(text(json, "rpc"), source !== undefined),
    };
}

export async function readNetwork(): Promise<Network> {
    const response = await fetch("./network.json", { cache: "no-store" });
    if (!response.ok) throw new Error(`network.json cannot be read (${response.status}).`);
    const json = object(await response.json());
    if (!json) throw new Error("network.json describes no network.");
    return parseNetwork(json);
}
