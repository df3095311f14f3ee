import { defineConfig } from "vitest/config";

export default defineConfig({
    test: { include: ["client/tests/**/*.test.ts", "tests/unit/**/*.test.ts"], environment: "node" },
});
