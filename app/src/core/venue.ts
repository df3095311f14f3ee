// Everything the page knows of the chain: accounts go into the engine as they arrive, and pages ask it.
import {
    type AccountChange,
    type Connection,
    findMarginAddress,
    findTokenAddress,
    follows,
    getMarginAccountDecoder,
    type LogChange,
    MARGIN_ACCOUNT_DISCRIMINATOR,
} from "@plimsoll/client";
import { type Address, createSolanaRpc, createSolanaRpcSubscriptions, getBase64Encoder } from "@solana/kit";

import { Clock, CLOCK_ADDRESS } from "./clock";
import type { Venue } from "./engine";
import type { Network } from "./network";

/** A wallet's SOL and quote tokens. */
export type Purse = { readonly lamports: bigint | undefined; readonly tokens: bigint | undefined };

/** Shortest time between two looks of the page, in milliseconds: prices may come twenty times a second. */
const PACE = 200;

export class VenueStore {
    readonly rpc;
    readonly clock = new Clock();
    #version = 0;
    #listeners = new Set<() => void>();
    #logs = new Set<(change: LogChange) => void>();
    #due: ReturnType<typeof setTimeout> | undefined;
    #known = new Set<string>();
    #data = new Map<string, Uint8Array>();
    #balances = new Map<string, { lamports: bigint; tokens: bigint | undefined }>();
    #connection: Connection = "connecting";
    #personal: AbortController | undefined;
    #looked: Address | undefined;
    #owner: Address | undefined;
    #mine: { margin: Address; token: Address } | undefined;

    constructor(
        readonly network: Network,
        readonly venue: Venue,
    ) {
        this.rpc = createSolanaRpc(network.rpc);
        const { exchange, insuranceFund, markets } = network;
        const addresses = [CLOCK_ADDRESS, exchange, insuranceFund, ...markets.flatMap(one => [one.address, one.queue])];
        void this.#follow(addresses, new AbortController().signal, true);
        setInterval(() => this.#changed(), 1_000);
    }

    /** The margin account and the token account of whoever is looked at. */
    get mine() {
        return this.#mine;
    }

    get owner() {
        return this.#owner;
    }

    get connection(): Connection {
        return this.#connection;
    }

    /** Whether an account was read and exists. */
    has(address: string | undefined): boolean {
        return address !== undefined && this.#known.has(address);
    }

    /** An account's data as it arrived last. */
    data(address: string): Uint8Array | undefined {
        return this.#data.get(address);
    }

    purse(): Purse {
        const wallet = this.#owner && this.#balances.get(this.#owner);
        const token = this.#mine && this.#balances.get(this.#mine.token);
        return { lamports: wallet?.lamports, tokens: token?.tokens };
    }

    /** Looks at somebody else, or at nobody: an owner, or a margin account. */
    async look(address: Address | undefined): Promise<void> {
        if (address === this.#looked) return;
        this.#personal?.abort();
        [this.#looked, this.#owner, this.#mine] = [address, undefined, undefined];
        this.#changed();
        if (!address) return;
        const personal = (this.#personal = new AbortController());
        const { exchange, quoteMint, tokenProgram } = this.network;
        const owner = (await this.#ownerOf(address)) ?? address;
        const [margin, token] = await Promise.all([
            owner === address ? findMarginAddress(exchange, owner) : address,
            findTokenAddress(owner, quoteMint, tokenProgram),
        ]);
        if (personal.signal.aborted) return;
        [this.#owner, this.#mine] = [owner, { margin, token }];
        this.#changed();
        await this.#follow([owner, margin, token], personal.signal, false);
    }

    /** The owner of a margin account; nothing for what is none. */
    async #ownerOf(address: Address): Promise<Address | undefined> {
        const options = { encoding: "base64", commitment: "confirmed" } as const;
        const found = await this.rpc
            .getAccountInfo(address, options)
            .send()
            .catch(() => undefined);
        if (found?.value?.owner !== this.network.program) return undefined;
        const data = getBase64Encoder().encode(found.value.data[0]);
        const isMargin = MARGIN_ACCOUNT_DISCRIMINATOR.every((byte, at) => data[at] === byte);
        return isMargin ? getMarginAccountDecoder().decode(data).owner : undefined;
    }

    /** Asks the engine, as of now. Nothing where it does not know. */
    ask<T>(question: (venue: Venue) => T): T | undefined {
        const { time, slot } = this.clock.now();
        try {
            this.venue.setClock(time, slot);
            return question(this.venue);
        } catch {
            return undefined;
        }
    }

    onLogs(listener: (change: LogChange) => void): () => void {
        this.#logs.add(listener);
        return () => this.#logs.delete(listener);
    }

    readonly subscribe = (listener: () => void): (() => void) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
    };

    readonly version = (): number => this.#version;

    #follow(addresses: readonly Address[], signal: AbortSignal, main: boolean): Promise<void> {
        const { ws, program } = this.network;
        return follows(
            {
                rpc: this.rpc,
                subscriptions: () => createSolanaRpcSubscriptions(ws),
                addresses,
                ...(main ? { mentions: program } : {}),
            },
            {
                onAccount: change => this.#take(change),
                onLogs: change => this.#logs.forEach(listener => listener(change)),
                onConnection: state => {
                    if (!main) return;
                    this.#connection = state;
                    this.#changed();
                },
            },
            signal,
        );
    }

    #take({ address, data, lamports }: AccountChange): void {
        if (address === CLOCK_ADDRESS) {
            if (data) this.clock.take(data);
        } else if (address === this.#owner || address === this.#mine?.token) {
            this.#balances.set(address, { lamports, tokens: data && address !== this.#owner ? amountIn(data) : undefined });
        } else if (data && data.length > 0) {
            this.#data.set(address, data as Uint8Array);
            this.venue.put(address, data as Uint8Array);
            this.#known.add(address);
        } else {
            this.venue.remove(address);
            this.#data.delete(address);
            this.#known.delete(address);
        }
        this.#changed();
    }

    #changed(): void {
        this.#due ??= setTimeout(() => {
            this.#due = undefined;
            this.#version += 1;
            this.#listeners.forEach(listener => listener());
        }, PACE);
    }
}

/** The amount in a token account's data. */
function amountIn(data: {
    readonly buffer: ArrayBufferLike;
    readonly byteOffset: number;
    readonly length: number;
}): bigint | undefined {
    return data.length >= 72 ? new DataView(data.buffer, data.byteOffset).getBigUint64(64, true) : undefined;
}
