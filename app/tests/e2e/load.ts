// A node under load: real account data, prices many times a second, a queue as long as is asked for. It answers what the
// app asks of a node, and is for measuring the app alone.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

import {
    findMarginAddress,
    getLiquidationQueueDecoder,
    getLiquidationQueueEncoder,
    getMarginAccountDecoder,
    getMarginAccountEncoder,
    getMarketDecoder,
    getMarketEncoder,
    type Market,
} from "@plimsoll/client";
import { type Address, getAddressDecoder, getBase64Decoder } from "@solana/kit";
import { WebSocketServer, type WebSocket } from "ws";

const PROGRAM = "P1imso11oxXuqpvdtbNGqgVmuXFBQBJ3kqkWGEG4rqd";
const CLOCK = "SysvarC1ock11111111111111111111111111111111";
const key = (byte: number) => getAddressDecoder().decode(new Uint8Array(32).fill(byte));
const [exchange, fund, mint, market, queue, alice] = [key(1), key(3), key(4), key(11), key(30), key(21)];

export type Load = {
    /** What network.json says. */
    readonly described: object;
    /** Updates of a price that were sent. */
    readonly updates: () => number;
    readonly stop: () => void;
};

/** The fixture's accounts, as the native client wrote them. */
function fixture(): Map<string, Uint8Array> {
    const path = process.env["PLIMSOLL_CLIENT"];
    if (!path) throw new Error("PLIMSOLL_CLIENT does not name what the native client wrote: make test-app");
    const lines = readFileSync(path, "utf8").trim().split("\n");
    const accounts = lines.map(line => JSON.parse(line) as { account?: string; data: number[] }).filter(line => line.account);
    return new Map(accounts.map(({ account, data }) => [account as string, Uint8Array.from(data)]));
}

/** A queue with so many entries, all of which count. */
function filled(data: Uint8Array, rows: number, now: number): Uint8Array {
    const account = getLiquidationQueueDecoder().decode(data);
    const { queue } = account;
    const each = <T>(values: readonly T[], value: (place: number) => T) =>
        values.map((old, place) => (place < rows ? value(place) : old));
    const somebody = (place: number) =>
        getAddressDecoder().decode(Uint8Array.from({ length: 32 }, (_, at) => (place * 7 + at * 13 + 1) % 256));
    return Uint8Array.from(
        getLiquidationQueueEncoder().encode({
            ...account,
            queue: {
                ...queue,
                used: BigInt(rows),
                count: BigInt(rows),
                keys: each(queue.keys, place => BigInt(9_000_000_000 - place * 40_000_000)),
                firstSlots: each(queue.firstSlots, () => 1n),
                firstTimes: each(queue.firstTimes, place => BigInt(now - 30 - place)),
                firstPublishTimes: each(queue.firstPublishTimes, () => BigInt(now - 60)),
                refreshed: each(queue.refreshed, () => BigInt(now + 3_600)),
                accounts: each(queue.accounts, somebody),
                flaggers: each(queue.flaggers, somebody),
            },
        }),
    );
}

export async function load(owner: Address, rows: number, perSecond: number): Promise<Load> {
    const accounts = fixture();
    const began = Math.floor(Date.now() / 1_000);
    const template = getMarketDecoder().decode(accounts.get(market) as Uint8Array);
    accounts.set(queue, filled(accounts.get(queue) as Uint8Array, rows, began));
    const margin = getMarginAccountDecoder().decode(accounts.get(alice) as Uint8Array);
    accounts.set(
        await findMarginAddress(exchange, owner),
        Uint8Array.from(getMarginAccountEncoder().encode({ ...margin, owner })),
    );

    const followers = new Map<string, Set<{ readonly id: number; readonly socket: WebSocket }>>();
    const info = (address: string) => {
        const data = accounts.get(address);
        const encoded = data && [getBase64Decoder().decode(data), "base64"];
        return encoded
            ? { data: encoded, executable: false, lamports: 1_000_000, owner: PROGRAM, rentEpoch: 0, space: data.length }
            : null;
    };
    const tell = (topic: string, method: string, result: unknown) =>
        followers
            .get(topic)
            ?.forEach(({ id, socket }) =>
                socket.send(JSON.stringify({ jsonrpc: "2.0", method, params: { subscription: id, result } })),
            );
    let [slot, updates] = [2_000, 0];
    const change = (address: string, data: Uint8Array) => {
        accounts.set(address, data);
        tell(address, "accountNotification", { context: { slot }, value: info(address) });
    };
    const tick = () => {
        [slot, updates] = [slot + 1, updates + 1];
        const now = Math.floor(Date.now() / 1_000);
        change(CLOCK, clock(slot, now));
        change(market, Uint8Array.from(getMarketEncoder().encode(priced(template, updates, now))));
        tell("slot", "slotNotification", { parent: slot - 1, root: slot - 30, slot });
    };
    tick();
    const timer = setInterval(tick, 1_000 / perSecond);

    const http = createServer((request, response) => {
        const headers = {
            "access-control-allow-origin": "*",
            "access-control-allow-headers": "*",
            "content-type": "application/json",
        };
        if (request.method === "OPTIONS") return void response.writeHead(204, headers).end();
        let body = "";
        request.on("data", (chunk: Buffer) => (body += chunk.toString()));
        request.on("end", () => {
            const { id, method, params } = JSON.parse(body) as { id: unknown; method: string; params: [string[]] };
            const value = method === "getMultipleAccounts" ? params[0].map(info) : null;
            const result = method === "getSignaturesForAddress" ? [] : { context: { slot }, value };
            response.writeHead(200, headers).end(JSON.stringify({ jsonrpc: "2.0", id, result }));
        });
    });
    await new Promise<void>(resolve => http.listen(0, "127.0.0.1", resolve));
    const sockets = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    await new Promise(resolve => sockets.on("listening", resolve));
    let last = 0;
    sockets.on("connection", socket =>
        socket.on("message", (message: Buffer) => {
            const { id, method, params } = JSON.parse(message.toString()) as { id: unknown; method: string; params?: [string] };
            const topic = method === "accountSubscribe" ? params?.[0] : method.replace("Subscribe", "");
            if (!topic || !method.endsWith("Subscribe")) return;
            last += 1;
            followers.set(topic, (followers.get(topic) ?? new Set()).add({ id: last, socket }));
            socket.send(JSON.stringify({ jsonrpc: "2.0", id, result: last }));
        }),
    );
    const port = (address: unknown) => (address as { port: number }).port;
    const markets = [{ name: "SOL", address: market, queue }];
    const described = {
        ...{ version: 1, rpc: `http://127.0.0.1:${port(http.address())}`, ws: `ws://127.0.0.1:${port(sockets.address())}` },
        ...{ program: PROGRAM, exchange, quoteMint: mint, tokenProgram: "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA" },
        ...{ insuranceFund: fund, markets, faucet: { mintAuthority: key(5), secretKey: [] } },
    };
    const stop = () => (clearInterval(timer), http.close(), sockets.close());
    return { described, updates: () => updates, stop };
}

function clock(slot: number, now: number): Uint8Array {
    const data = new Uint8Array(40);
    const view = new DataView(data.buffer);
    view.setBigUint64(0, BigInt(slot), true);
    view.setBigInt64(32, BigInt(now), true);
    return data;
}

/** The market at another price, just published. */
function priced(template: Market, updates: number, now: number): Market {
    const oracle = BigInt(Math.round(148_000 * (1 + 0.01 * Math.sin(updates / 40))));
    const price = {
        ...template.core.price,
        oracle,
        confidence: oracle / 2_000n,
        ema: oracle,
        publishTime: BigInt(now),
        previousPublishTime: BigInt(now - 1),
    };
    return { ...template, core: { ...template.core, price, funding: { accrued: BigInt(now) } } };
}
