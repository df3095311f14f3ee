// A local network, the app beside it, and a wire between the browser and the node that can be cut.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, connect, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const app = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** A wire to a port: what goes through it stops when it is cut. */
class Wire {
    #sockets = new Set<Socket>();
    #server: Server | undefined;
    port = 0;

    constructor(readonly to: number) {}

    async open(): Promise<void> {
        const server = createServer(near => {
            const far = connect(this.to, "127.0.0.1");
            for (const socket of [near, far]) {
                this.#sockets.add(socket);
                socket.on("error", () => undefined);
                socket.on("close", () => (near.destroy(), far.destroy(), this.#sockets.delete(socket)));
            }
            near.pipe(far).pipe(near);
        });
        this.#server = server;
        await new Promise<void>(resolve => server.listen(this.port, "127.0.0.1", resolve));
        this.port = (server.address() as { port: number }).port;
    }

    async cut(): Promise<void> {
        const server = this.#server;
        this.#server = undefined;
        for (const socket of this.#sockets) socket.destroy();
        if (server) await new Promise(resolve => server.close(resolve));
    }
}

/** What the network says of itself. */
export type Description = { rpc: string; ws: string; control?: string; exchange: string };

export type Network = {
    /** Where the app is. */
    readonly url: string;
    readonly described: Description;
    /** The file in which it says so. */
    readonly file: string;
    /** Cuts and mends the wires between browser and node. */
    readonly cut: () => Promise<void>;
    readonly mend: () => Promise<void>;
    /** A command to the oracles. */
    readonly command: (path: string, body?: object) => Promise<void>;
    readonly stop: () => Promise<void>;
};

async function lineOf(child: ChildProcess, pattern: RegExp, what: string): Promise<string> {
    let said = "";
    return new Promise((resolve, reject) => {
        const hear = (chunk: Buffer) => {
            said += chunk.toString();
            const found = pattern.exec(said);
            if (found) resolve(found[1] ?? found[0]);
        };
        child.stdout?.on("data", hear);
        child.stderr?.on("data", hear);
        child.on("exit", code => reject(new Error(`${what} ended with ${code}: ${said.slice(-2_000)}`)));
    });
}

async function end(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null) return;
    const ended = new Promise(resolve => child.on("exit", resolve));
    child.kill("SIGINT");
    await Promise.race([ended, new Promise(resolve => setTimeout(resolve, 20_000))]);
    child.kill("SIGKILL");
}

/** Starts `plimsoll up` with these options, and serves the app beside it. */
export async function start(options: readonly string[]): Promise<Network> {
    const binary = process.env["PLIMSOLL_BIN"];
    if (!binary) throw new Error("PLIMSOLL_BIN does not name the command line's binary: make test-app");
    const state = mkdtempSync(join(tmpdir(), "plimsoll-app-"));
    const node = spawn(binary, ["up", "--any-port", "--state-dir", state, ...options], { stdio: ["ignore", "pipe", "pipe"] });
    await lineOf(node, /Ctrl-C ends it/, "plimsoll up");

    const described = JSON.parse(readFileSync(join(state, "network.json"), "utf8")) as Description;
    const wires = [new Wire(Number(new URL(described.rpc).port)), new Wire(Number(new URL(described.ws).port))] as const;
    await Promise.all(wires.map(wire => wire.open()));
    const shown = { ...described, rpc: `http://127.0.0.1:${wires[0].port}`, ws: `ws://127.0.0.1:${wires[1].port}` };
    const file = join(state, "shown.json");
    writeFileSync(file, JSON.stringify(shown));

    const server = spawn(process.execPath, [join(app, "scripts", "serve.mjs"), file, "0"], { stdio: ["ignore", "pipe", "pipe"] });
    const url = await lineOf(server, /app: (\S+)/, "the app's server");
    return {
        url,
        described,
        file: join(state, "network.json"),
        cut: async () => void (await Promise.all(wires.map(wire => wire.cut()))),
        mend: async () => void (await Promise.all(wires.map(wire => wire.open()))),
        command: async (path, body) => {
            const headers = { "content-type": "application/json" };
            const response = await fetch(`${described.control}${path}`, {
                method: "POST",
                headers,
                body: body && JSON.stringify(body),
            });
            if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
        },
        stop: async () => {
            await Promise.all([end(server), end(node), ...wires.map(wire => wire.cut())]);
            rmSync(state, { recursive: true, force: true });
        },
    };
}
