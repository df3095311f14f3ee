// serve.mjs <network.json> [port]: the built app with the description of a network beside it, on this machine alone.
//
// The description is read anew for every visit: a network that starts again may have other ports.
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "target", "app");
const [network, port = "8897"] = process.argv.slice(2);

const TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".woff2": "font/woff2",
};

/** The file for a path, if it is one of the app's. */
function fileFor(url) {
    const path = normalize(decodeURIComponent(new URL(url, "http://app").pathname));
    if (path === "/network.json") return network;
    const file = join(root, path === "/" ? "index.html" : path);
    return file.startsWith(root) && existsSync(file) && statSync(file).isFile() ? file : undefined;
}

function serve(request, response) {
    const file = request.method === "GET" || request.method === "HEAD" ? fileFor(request.url ?? "/") : undefined;
    if (!file || !existsSync(file)) {
        response.writeHead(404, { "content-type": "text/plain" }).end("There is nothing here.\n");
        return;
    }
    // Names of assets have a hash of what is in them.
    const lasting = file.includes(`${join(root, "assets")}`);
    response.writeHead(200, {
        "content-type": TYPES[extname(file)] ?? "application/octet-stream",
        "cache-control": lasting ? "public, max-age=31536000, immutable" : "no-store",
        "x-content-type-options": "nosniff",
    });
    if (request.method === "HEAD") response.end();
    else createReadStream(file).pipe(response);
}

if (!network) {
    console.error("usage: serve.mjs <network.json> [port]");
    process.exit(2);
}
if (!existsSync(join(root, "index.html"))) {
    console.error("The app is not built: make app");
    process.exit(1);
}
const server = createServer(serve);
server.on("error", error => {
    console.error(`The app cannot be served on port ${port}: ${error.message}`);
    process.exit(1);
});
server.listen(Number(port), "127.0.0.1", () => console.log(`app: http://127.0.0.1:${server.address().port}/`));
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(0));
