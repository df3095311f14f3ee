// Numbers as text, and text as numbers: digits are moved and cut, never computed.
import { describe, expect, test } from "vitest";

import { decimal, dollars, finePercent, parseDecimal, percent, plain, price, shortDollars } from "../../src/core/format";

const MINUS = "\u2212";

describe("as text", () => {
    test.each([
        [0n, 6, {}, "0"],
        [1n, 6, {}, "0.000001"],
        [-1n, 6, { places: 2, least: 2 }, "0.00"],
        [123_456_789n, 3, {}, "123,456.789"],
        [-1_234_500n, 4, { plus: true }, `${MINUS}123.45`],
        [50n, 0, { plus: true }, "+50"],
        [18_446_744_073_709_551_615n, 6, { places: 2 }, "18,446,744,073,709.55"],
        [undefined, 6, {}, "\u2013"],
    ])("%s with %i decimals", (value, decimals, shown, text) => expect(decimal(value, decimals, shown)).toBe(text));

    test("digits are cut, not rounded", () => expect(dollars(1_999_999n)).toBe("$1.99"));
    test("the sign stands before the currency", () => {
        expect(dollars(-2_500_000n)).toBe(`${MINUS}$2.50`);
        expect(dollars(2_500_000n, { plus: true })).toBe("+$2.50");
    });
    test("large amounts in short", () => {
        expect(shortDollars(999_000_000n)).toBe("$999.00");
        expect(shortDollars(1_000_000_000n)).toBe("$1.00K");
        expect(shortDollars(-3_001_210_650_000n)).toBe(`${MINUS}$3.00M`);
        expect(shortDollars(12_345_678_901_000_000n)).toBe("$12.34B");
    });
    test("a price has all its decimals", () => expect(price(148_500n, 3)).toBe("148.500"));
    test("shares", () => {
        expect(percent(1_427_000, { places: 0, least: 0 })).toBe("142%");
        expect(percent(-304_999)).toBe(`${MINUS}30.49%`);
        expect(percent(null)).toBe("\u2013");
        expect(percent(2_147_483_647, { places: 0 })).toMatch(/^over 214,748/);
        expect(finePercent(71_234)).toBe("0.0071%");
    });
});

describe("from text", () => {
    test.each([
        ["1", 6, 1_000_000n],
        ["1.5", 3, 1_500n],
        [".5", 3, 500n],
        ["2.", 3, 2_000n],
        ["1,234.5", 1, 12_345n],
        ["0", 3, 0n],
        ["1.500", 1, 15n],
        ["1.55", 1, undefined],
        ["", 3, undefined],
        [".", 3, undefined],
        ["1.2.3", 3, undefined],
        ["1e3", 3, undefined],
    ])("%j with %i decimals", (text, decimals, value) => expect(parseDecimal(text, decimals)).toBe(value));

    test("back and forth", () => {
        for (const value of [0n, 1n, 999n, 123_456_789n]) expect(parseDecimal(plain(value, 3), 3)).toBe(value);
    });
});
