// Accounts as they change, over a connection that comes back by itself.
//
// Every account is read when the connection is made and then followed. Changes are taken in the order in which they
// arrive: not every node says the slot of a change. What was read does not replace a change that arrived meanwhile.
import {
    type AccountNotificationsApi,
    type Address,
    getBase64Encoder,
    type GetMultipleAccountsApi,
    type LogsNotificationsApi,
    type ReadonlyUint8Array,
    type Rpc,
    type RpcSubscriptions,
    type SlotNotificationsApi,
} from "@solana/kit";

/** What the stream asks of the network. */
export type StreamRpc = Rpc<GetMultipleAccountsApi>;
export type StreamSubscriptions = RpcSubscriptions<AccountNotificationsApi & LogsNotificationsApi & SlotNotificationsApi>;

/** An account's data; without data it does not exist. */
export type AccountChange = {
    readonly address: Address;
    readonly data: ReadonlyUint8Array | undefined;
    readonly owner: Address | undefined;
    readonly lamports: bigint;
};

/** A transaction's log as it happened. */
export type LogChange = {
    readonly signature: string;
    readonly logs: readonly string[];
    readonly failed: boolean;
    readonly slot: bigint;
};

export type Connection = "connecting" | "live" | "down";

export type StreamHandlers = {
    readonly onAccount: (change: AccountChange) => void;
    readonly onLogs?: (change: LogChange) => void;
    readonly onConnection: (state: Connection) => void;
};

export type StreamOptions = {
    readonly rpc: StreamRpc;
    /** Made anew for every connection. */
    readonly subscriptions: () => StreamSubscriptions;
    readonly addresses: readonly Address[];
    /** Transactions that mention this address are reported with their logs. */
    readonly mentions?: Address;
    /** Shortest and longest wait before it connects again, in milliseconds. */
    readonly backoff?: readonly [number, number];
    /** Without any news for so long the connection is taken for dead, in milliseconds. */
    readonly silence?: number;
    /** How often all accounts are read although they are followed: a subscription can lose changes. */
    readonly reread?: number;
};

const base64 = getBase64Encoder();
/** Most addresses that a node reads at once. */
const BATCH = 100;

type Encoded = { readonly data: readonly [string, string]; readonly owner: Address; readonly lamports: bigint };

/** Takes a change; one that was read only while as many changes had arrived as before. */
type Changed = (address: Address, account: Encoded | null, since?: number) => void;
type Feed = { readonly changed: Changed; readonly arrived: (address: Address) => number };

/** Follows accounts until the signal aborts. */
export function follows(options: StreamOptions, handlers: StreamHandlers, signal: AbortSignal): Promise<void> {
    const [shortest, longest] = options.backoff ?? [500, 8_000];
    const arrivals = new Map<Address, number>();
    const changed: Changed = (address, account, since) => {
        const count = arrivals.get(address) ?? 0;
        if (signal.aborted || (since !== undefined && since !== count)) return;
        if (since === undefined) arrivals.set(address, count + 1);
        handlers.onAccount({
            address,
            data: account ? base64.encode(account.data[0]) : undefined,
            owner: account?.owner,
            lamports: account?.lamports ?? 0n,
        });
    };
    const feed: Feed = { changed, arrived: address => arrivals.get(address) ?? 0 };
    const loop = async () => {
        let wait = shortest;
        while (!signal.aborted) {
            handlers.onConnection("connecting");
            const began = Date.now();
            await connect(options, handlers, feed, signal).catch(() => undefined);
            if (signal.aborted) return;
            handlers.onConnection("down");
            wait = Date.now() - began > longest ? shortest : Math.min(wait * 2, longest);
            await pause(wait * (0.75 + Math.random() / 2), signal);
        }
    };
    return loop();
}

/** One connection: ends, with an error or without, when it is lost. */
async function connect(options: StreamOptions, handlers: StreamHandlers, feed: Feed, outer: AbortSignal): Promise<void> {
    const lost = new AbortController();
    const signal = AbortSignal.any([outer, lost.signal]);
    let heard = Date.now();
    const news = () => void (heard = Date.now());
    const subscriptions = options.subscriptions();
    const subscribe = { abortSignal: signal };

    try {
        // Subscribed first, read then: no change falls between the two.
        const { addresses, mentions } = options;
        const confirmed = { commitment: "confirmed" } as const;
        const [accounts, slots, logs] = await Promise.all([
            Promise.all(
                addresses.map(address =>
                    subscriptions.accountNotifications(address, { ...confirmed, encoding: "base64" }).subscribe(subscribe),
                ),
            ),
            subscriptions.slotNotifications().subscribe(subscribe),
            mentions && subscriptions.logsNotifications({ mentions: [mentions] }, confirmed).subscribe(subscribe),
        ]);
        const running = accounts.map((changes, at) =>
            consume(changes, ({ value }) => {
                news();
                const address = addresses[at];
                if (address) feed.changed(address, value as unknown as Encoded);
            }),
        );
        running.push(consume(slots, news));
        if (logs) {
            const logged = consume(logs, ({ context, value: { signature, logs: lines, err } }) => {
                news();
                handlers.onLogs?.({ signature, logs: lines ?? [], failed: err !== null, slot: context.slot });
            });
            running.push(logged);
        }
        const over = Promise.race(running);
        // Reading may fail first; then nobody waits for this one.
        over.catch(() => undefined);
        await readAll(options, feed, signal);
        handlers.onConnection("live");
        await Promise.race([over, watch(options, feed, () => heard, signal)]);
    } finally {
        lost.abort();
    }
}

async function consume<T>(changes: AsyncIterable<T>, each: (value: T) => void): Promise<void> {
    for await (const change of changes) each(change);
}

async function readAll({ rpc, addresses }: StreamOptions, feed: Feed, abortSignal: AbortSignal): Promise<void> {
    for (let from = 0; from < addresses.length; from += BATCH) {
        const batch = addresses.slice(from, from + BATCH);
        const before = batch.map(feed.arrived);
        const { value } = await rpc
            .getMultipleAccounts(batch, { commitment: "confirmed", encoding: "base64" })
            .send({ abortSignal });
        value.forEach((account, at) => {
            const address = batch[at];
            if (address) feed.changed(address, account as unknown as Encoded | null, before[at]);
        });
    }
}

/** Reads everything again from time to time. Returns when nothing was heard for too long. */
async function watch(options: StreamOptions, feed: Feed, heard: () => number, signal: AbortSignal): Promise<void> {
    const [silence, reread] = [options.silence ?? 8_000, options.reread ?? 5_000];
    let last = Date.now();
    while (!signal.aborted && Date.now() - heard() <= silence) {
        await pause(500, signal);
        if (Date.now() - last > reread) {
            last = Date.now();
            await readAll(options, feed, signal);
        }
    }
}

function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise(resolve => {
        const timer = setTimeout(resolve, milliseconds);
        signal?.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
    });
}
