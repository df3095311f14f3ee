// The price, with lines where the account entered and where it is liquidated. A table says the same to who cannot see it.
import {
    type AutoscaleInfo,
    CandlestickSeries,
    createChart,
    type IChartApi,
    type IPriceLine,
    type ISeriesApi,
    LineStyle,
    type Time,
} from "lightweight-charts";
import { useEffect, useMemo, useRef, useState } from "react";

import type { LegFigures, MarketFigures } from "../../core/engine";
import { price } from "../../core/format";
import type { NetworkMarket } from "../../core/network";
import { Choice } from "../../parts/fields";
import { Icon } from "../../parts/icon";
import { type Bar, barsOf, drawn, INTERVALS, usePrices } from "./bars";

type Shown = {
    readonly market: NetworkMarket;
    readonly figures: MarketFigures | undefined;
    readonly leg: LegFigures | undefined;
};

/** How far a line may be from the bars to be kept in sight. */
const NEAR = 0.08;

type Interval = (typeof INTERVALS)[number]["value"];

export default function Chart({ market, figures, leg }: Shown) {
    const [interval, setInterval] = useState<Interval>("5");
    const [asTable, setAsTable] = useState(false);
    const points = usePrices(market.address, figures);
    const bars = useMemo(() => barsOf(points, Number(interval)), [points, interval]);
    const decimals = figures?.priceDecimals ?? 2;
    return (
        <section aria-label={`Price of ${market.name}`} className="panel">
            <header className="panel-head">
                <h2>{market.name} oracle price</h2>
                <div className="end">
                    <Choice label="Length of a bar" onChange={setInterval} options={INTERVALS} small value={interval} />
                    <button
                        aria-label={asTable ? "Show the chart" : "Show as a table"}
                        aria-pressed={asTable}
                        className="button icon small"
                        onClick={() => setAsTable(!asTable)}
                        type="button"
                    >
                        <Icon name="table" />
                    </button>
                </div>
            </header>
            <div className="chart-place">
                {asTable ? <BarTable bars={bars} decimals={decimals} /> : <Drawing bars={bars} decimals={decimals} leg={leg} />}
            </div>
            {leg && <Lines decimals={decimals} leg={leg} />}
        </section>
    );
}

function Lines({ leg, decimals }: { readonly leg: LegFigures; readonly decimals: number }) {
    return (
        <p className="chart-lines">
            <span>
                <i className="line-entry" /> Entry {price(leg.entry, decimals)}
            </span>
            <span>
                <i className="line-liquidation" /> Liquidation{" "}
                {leg.liquidationPrice === undefined ? "at no price" : price(leg.liquidationPrice, decimals)}
            </span>
        </p>
    );
}

function colour(name: string): string {
    const probe = document.createElement("span");
    probe.style.color = `var(${name})`;
    document.body.append(probe);
    const found = getComputedStyle(probe).color;
    probe.remove();
    return found;
}

function themed(chart: IChartApi, series: ISeriesApi<"Candlestick">): void {
    const [up, down, line, muted] = [colour("--up"), colour("--down"), colour("--line"), colour("--muted")];
    chart.applyOptions({
        layout: { background: { color: "transparent" }, textColor: muted },
        grid: { horzLines: { color: line }, vertLines: { color: "transparent" } },
        rightPriceScale: { borderColor: line },
        timeScale: { borderColor: line },
    });
    // A rising bar is nearly hollow: colour is not all that tells them apart.
    series.applyOptions({
        upColor: colour("--up-soft"),
        downColor: down,
        borderUpColor: up,
        borderDownColor: down,
        wickUpColor: up,
        wickDownColor: down,
    });
}

function Drawing({
    bars,
    decimals,
    leg,
}: {
    readonly bars: readonly Bar[];
    readonly decimals: number;
    readonly leg: LegFigures | undefined;
}) {
    const place = useRef<HTMLDivElement>(null);
    const made = useRef<{ chart: IChartApi; series: ISeriesApi<"Candlestick"> }>(undefined);
    const first = useRef(true);

    useEffect(() => {
        if (!place.current) return;
        const chart = createChart(place.current, {
            autoSize: true,
            layout: { attributionLogo: false, fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 11 },
            timeScale: { timeVisible: true, secondsVisible: true, rightOffset: 4, barSpacing: 9, maxBarSpacing: 24 },
            crosshair: { mode: 0 },
            handleScroll: { vertTouchDrag: false },
        });
        const series = chart.addSeries(CandlestickSeries, { priceLineVisible: true });
        made.current = { chart, series };
        first.current = true;
        const theme = () => themed(chart, series);
        theme();
        const system = matchMedia("(prefers-color-scheme: dark)");
        addEventListener("plimsoll-theme", theme);
        system.addEventListener("change", theme);
        return () => {
            removeEventListener("plimsoll-theme", theme);
            system.removeEventListener("change", theme);
            chart.remove();
            made.current = undefined;
        };
    }, []);

    useEffect(() => {
        const series = made.current?.series;
        if (!series) return;
        series.applyOptions({ priceFormat: { type: "price", precision: decimals, minMove: 10 ** -decimals } });
        series.setData(bars.map(bar => ({ ...bar, time: bar.time as Time })));
        if (first.current && bars.length > 1) {
            first.current = false;
            made.current?.chart.timeScale().setVisibleLogicalRange({ from: Math.max(0, bars.length - 90), to: bars.length + 4 });
        }
    }, [bars, decimals]);

    const [entry, liquidation] = [leg?.entry, leg?.liquidationPrice];
    // Lines that are near are kept in sight; one that is far would make a line of the bars.
    useEffect(() => {
        const near = [entry, liquidation].flatMap(ticks => (ticks === undefined ? [] : [drawn(ticks, decimals)]));
        made.current?.series.applyOptions({
            autoscaleInfoProvider: (original: () => AutoscaleInfo | null) => {
                const found = original();
                if (!found?.priceRange) return found;
                const { minValue, maxValue } = found.priceRange;
                const seen = near.filter(value => Math.abs(value / maxValue - 1) < NEAR || Math.abs(value / minValue - 1) < NEAR);
                return { ...found, priceRange: { minValue: Math.min(minValue, ...seen), maxValue: Math.max(maxValue, ...seen) } };
            },
        });
    }, [entry, liquidation, decimals]);
    useEffect(() => {
        const series = made.current?.series;
        if (!series) return;
        const lines: IPriceLine[] = [];
        const draw = (ticks: bigint | undefined, title: string, name: string, lineStyle: LineStyle) => {
            if (ticks === undefined) return;
            lines.push(
                series.createPriceLine({
                    price: drawn(ticks, decimals),
                    title,
                    color: colour(name),
                    lineStyle,
                    lineWidth: 1,
                    axisLabelVisible: true,
                }),
            );
        };
        draw(entry, "Entry", "--accent", LineStyle.Dashed);
        draw(liquidation, "Liquidation", "--down", LineStyle.Solid);
        return () => lines.forEach(line => made.current?.series.removePriceLine(line));
    }, [entry, liquidation, decimals]);

    return <div aria-hidden="true" className="drawing" ref={place} />;
}

function BarTable({ bars, decimals }: { readonly bars: readonly Bar[]; readonly decimals: number }) {
    const rows = bars.slice(-40).reverse();
    return (
        <div className="scroll bars" tabIndex={0}>
            <table className="grid">
                <thead>
                    <tr>
                        {["Time", "Open", "High", "Low", "Close"].map(name => (
                            <th key={name} scope="col">
                                {name}
                            </th>
                        ))}
                    </tr>
                </thead>
                <tbody>
                    {rows.map(bar => (
                        <tr key={bar.time}>
                            <td>{new Date(bar.time * 1_000).toISOString().slice(11, 19)}</td>
                            {[bar.open, bar.high, bar.low, bar.close].map((value, at) => (
                                <td key={at}>{value.toFixed(decimals)}</td>
                            ))}
                        </tr>
                    ))}
                </tbody>
            </table>
        </div>
    );
}
