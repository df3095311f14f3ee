import { fileURLToPath } from "node:url";

import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const engine = fileURLToPath(new URL("../target/wasm/engine.js", import.meta.url));

export default defineConfig({
    base: "./",
    plugins: [react()],
    resolve: { alias: { "@plimsoll/engine": engine } },
    build: { target: "es2022", outDir: "../target/app", emptyOutDir: true, assetsInlineLimit: 2_048 },
    server: { fs: { allow: [".."] } },
});
