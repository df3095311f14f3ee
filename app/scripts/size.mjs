// What a first visit loads, gzipped, against what it may.
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const out = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "target", "app");
const LIMITS = { "first load without the engine": 350 * 1024, engine: 150 * 1024 };

const assets = readdirSync(join(out, "assets")).map(name => join(out, "assets", name));
const files = [...assets, join(out, "index.html"), join(out, "mark.svg")];
// Fonts are compressed already. The pages that a first visit does not load are counted all the same.
const packed = file => (file.endsWith(".woff2") ? readFileSync(file).length : gzipSync(readFileSync(file), { level: 9 }).length);

const sizes = { "first load without the engine": 0, engine: 0 };
for (const file of files) sizes[file.endsWith(".wasm") ? "engine" : "first load without the engine"] += packed(file);
for (const [what, size] of Object.entries(sizes)) {
    const fits = size > 0 && size <= LIMITS[what];
    console.log(`app: ${what}: ${size} bytes gzipped of ${LIMITS[what]}${fits ? "" : ": TOO LARGE"}`);
    if (!fits) process.exitCode = 1;
}
