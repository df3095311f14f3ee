// The network's description, and where the reader is.
import { beforeAll, describe, expect, test } from "vitest";

import { parseNetwork } from "../../src/core/network";
import { hrefOf, routeOf } from "../../src/core/route";

const ONE = "4vJ9JU1bJJE96FWSJKvHsmmFADCg4gpZQff4P3bkLKi";
const GIVEN = {
    version: 1,
    rpc: "http://127.0.0.1:8899",
    ws: "ws://127.0.0.1:8900",
    program: ONE,
    exchange: ONE,
    quoteMint: ONE,
    tokenProgram: ONE,
    insuranceFund: ONE,
    oracleProgram: ONE,
    markets: [{ name: "SOL", address: ONE, queue: ONE, feedId: "00", baseDecimals: 3 }],
    faucet: { mintAuthority: ONE, secretKey: [1, 2] },
};

beforeAll(() => void Object.assign(globalThis, { location: { hostname: "127.0.0.1" } }));

describe("a description", () => {
    test("of a local network", () => {
        const network = parseNetwork(GIVEN);
        expect(network).toMatchObject({ rpc: "http://127.0.0.1:8899", chain: "solana:localnet", markets: [{ name: "SOL" }] });
        expect(network.faucet?.secretKey).toEqual(Uint8Array.of(1, 2));
    });
    test("of a public one has no faucet", () => {
        const { faucet: _, ...given } = GIVEN;
        expect(parseNetwork({ ...given, rpc: "https://api.devnet.example" })).toMatchObject({
            faucet: undefined,
            chain: "solana:devnet",
        });
    });
    test("is reached by the name that the page was opened with", () => {
        Object.assign(globalThis, { location: { hostname: "laptop.lan" } });
        expect(parseNetwork(GIVEN).rpc).toBe("http://laptop.lan:8899");
        Object.assign(globalThis, { location: { hostname: "127.0.0.1" } });
    });
    test.each([
        [{ ...GIVEN, version: 2 }, /newer version/],
        [{ ...GIVEN, markets: undefined }, /no markets/],
        [{ ...GIVEN, rpc: "" }, /no rpc/],
        [{ ...GIVEN, exchange: "nonsense" }, /./],
        [{ ...GIVEN, markets: [{ name: "SOL" }] }, /no address/],
    ])("that is wrong is refused with a sentence", (given, why) => expect(() => parseNetwork(given)).toThrow(why));
});

describe("the address bar", () => {
    test.each([
        ["", { page: "trade", market: undefined, view: undefined }],
        ["#/trade/SOL", { page: "trade", market: "SOL", view: undefined }],
        [`#/account?view=${ONE}`, { page: "account", market: undefined, view: ONE }],
        ["#/safety?view=nonsense", { page: "safety", market: undefined, view: undefined }],
        ["#/elsewhere", { page: "trade", market: undefined, view: undefined }],
    ])("%j", (hash, route) => {
        expect(routeOf(hash)).toEqual(route);
        if (route.page !== "trade" || hash.includes("trade")) expect(routeOf(hrefOf(route as never))).toEqual(route);
    });
});
