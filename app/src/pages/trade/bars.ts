// Prices gathered into bars, for the drawing of the chart.
import { useEffect, useMemo, useRef, useState } from "react";

import { useCore, useHappened } from "../../core/context";
import type { MarketFigures } from "../../core/engine";
import type { Happened } from "../../core/history";

export type Bar = {
    readonly time: number;
    readonly open: number;
    readonly high: number;
    readonly low: number;
    readonly close: number;
};
type Point = readonly [time: number, price: number];

/** Prices that are kept for one market, here and over a reload. */
const KEPT = 6_000;
/** Transactions of a market that are read for its past. */
const PAST = 150;

export const INTERVALS = [
    { value: "5", text: "5s" },
    { value: "60", text: "1m" },
    { value: "300", text: "5m" },
    { value: "900", text: "15m" },
] as const;

/** A number of ticks as the chart's float: only for drawing. */
export function drawn(ticks: bigint, decimals: number): number {
    return Number(ticks) / 10 ** decimals;
}

function stored(place: string): Point[] {
    try {
        return JSON.parse(sessionStorage.getItem(place) ?? "[]") as Point[];
    } catch {
        return [];
    }
}

/** The prices of a market that are known: stored, read from its past, and as they come. */
export function usePrices(market: string, figures: MarketFigures | undefined): readonly Point[] {
    const { history } = useCore();
    const place = `plimsoll.prices.${market}`;
    const [live, setLive] = useState<readonly Point[]>(() => stored(place));
    const saved = useRef(0);

    useEffect(() => void history.backfill(market as never, PAST), [history, market]);
    const ofMarket = useMemo(
        () => (one: Happened) => one.event.kind === "priceRefreshed" && one.event.data.market === market,
        [market],
    );
    const past = useHappened(ofMarket, KEPT);

    const [at, price, decimals] = [figures?.publishedAt, figures?.price, figures?.priceDecimals];
    useEffect(() => {
        if (at === undefined || price === undefined || decimals === undefined || price === 0n) return;
        const point: Point = [Number(at), drawn(price, decimals)];
        setLive(all => {
            const last = all.at(-1);
            if (last && (last[0] > point[0] || (last[0] === point[0] && last[1] === point[1]))) return all;
            const next = [...all.slice(-KEPT), point];
            if (Date.now() - saved.current > 3_000) {
                saved.current = Date.now();
                sessionStorage.setItem(place, JSON.stringify(next));
            }
            return next;
        });
    }, [at, price, decimals, place]);

    return useMemo(() => {
        if (decimals === undefined) return live;
        const before: Point[] = past.flatMap(({ event }) =>
            event.kind === "priceRefreshed" ? [[Number(event.data.publishTime), drawn(event.data.price, decimals)] as const] : [],
        );
        return [...before, ...live].sort((one, other) => one[0] - other[0]);
    }, [past, live, decimals]);
}

/** Bars of so many seconds. Times are this machine's, because the chart draws them as they are. */
export function barsOf(points: readonly Point[], interval: number): Bar[] {
    const bars: Bar[] = [];
    const shift = -new Date().getTimezoneOffset() * 60;
    for (const [at, price] of points) {
        const time = Math.floor(at / interval) * interval + shift;
        const last = bars.at(-1);
        if (last?.time === time) {
            bars[bars.length - 1] = {
                ...last,
                high: Math.max(last.high, price),
                low: Math.min(last.low, price),
                close: price,
            };
        } else {
            bars.push({
                time,
                open: last?.close ?? price,
                high: Math.max(price, last?.close ?? price),
                low: Math.min(price, last?.close ?? price),
                close: price,
            });
        }
    }
    return bars;
}
