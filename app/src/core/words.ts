// Status, reasons and states in words.
import type { MarketFigures, MarketStatus, Reason, WithdrawBound } from "./engine";
import type { Tone } from "../parts/basics";

export const STATUS: Readonly<Record<MarketStatus, { readonly text: string; readonly tone: Tone; readonly means: string }>> = {
    active: { text: "Active", tone: "good", means: "It takes everything." },
    reduceOnly: { text: "Reduce only", tone: "care", means: "No new risk: positions can be reduced and closed." },
    halted: { text: "Halted", tone: "bad", means: "Only reductions: no liquidations, and nothing to or from the pool." },
    settling: { text: "Settling", tone: "bad", means: "All positions are closed at one price." },
    settled: { text: "Settled", tone: "bad", means: "Claims are paid at one fraction." },
};

export const REASONS: Readonly<Record<Reason, string>> = {
    opening: "It is new and has not opened yet.",
    guardian: "Its guardian holds it for a time.",
    status: "Its status says so.",
    resuming: "It resumes from an outage.",
    sourcesDisagree: "Its price sources have disagreed for too long.",
    priceBreaker: "Its price is far from its average.",
    openInterestBreaker: "Open interest has reached its cap.",
    skewBreaker: "The skew has reached its cap.",
    oracleBreaker: "Its two price sources disagree.",
    insuranceBreaker: "Insurance is below its target.",
    cascadeBreaker: "Liquidations move the price.",
    stalePrice: "Its price is old.",
};

export const BOUNDS: Readonly<Record<WithdrawBound, string>> = {
    cash: "That is all the cash there is.",
    margin: "The rest is initial margin of your positions.",
    limiter: "The exchange lets no more out in this hour or day.",
    flagged: "The account is flagged for liquidation.",
    price: "A market of yours has no fresh price.",
};

/** Whether a market's price may not be relied on. */
export function isStale(market: MarketFigures | undefined): boolean {
    return market === undefined || market.priceCondition !== "normal";
}
