// A stop or a take-profit on a position: an order that waits for a price, and only reduces.
import { type FormEvent, useState } from "react";

import { useAnswer, useCore } from "../../core/context";
import type { LegFigures } from "../../core/engine";
import { dollars, parseDecimal, percent, plain, price } from "../../core/format";
import { useFigures } from "../../core/market";
import { useTasks } from "../../core/tasks";
import type { Trader } from "../../core/trader";
import { NumberField } from "../../parts/fields";

/** How far the fill may be from the trigger, in millionths. */
const SLIPPAGE = 30_000;
const AWAY = [-50_000, -20_000, 20_000, 50_000];

export function TriggerForm({
    leg,
    name,
    trader,
    done,
}: {
    readonly leg: LegFigures;
    readonly name: string;
    readonly trader: Trader;
    readonly done: () => void;
}) {
    const { store } = useCore();
    const { run, busy } = useTasks();
    const figures = useFigures(leg.market);
    const [text, setText] = useState("");
    const decimals = figures?.priceDecimals ?? 2;
    const at = parseDecimal(text, decimals);
    const [lots, buys] = [-leg.lots, leg.lots < 0n];
    const limit = useAnswer(
        venue => (at ? venue.limitAround(leg.market, at, buys, SLIPPAGE) : undefined),
        [leg.market, at, buys],
    );
    const preview = useAnswer(
        venue => (limit ? venue.preview(store.mine?.margin, leg.market, lots, limit, true) : undefined),
        [leg.market, lots, limit, store.mine?.margin],
    );
    const above = figures !== undefined && at !== undefined && at > figures.price;
    // A long is stopped below the price and takes its profit above it.
    const kind = above === leg.lots > 0n ? "Take profit" : "Stop";
    const near = (away: number) => {
        const found = store.ask(venue => venue.limitFor(leg.market, away > 0, Math.abs(away)));
        if (found !== undefined) setText(plain(found, decimals));
    };
    const submit = async (event: FormEvent) => {
        event.preventDefault();
        if (!at || !limit) return;
        const trigger = { price: at, above };
        const placing = { market: leg.market as never, lots, limit, reduceOnly: true, trigger };
        const title = `${kind} for ${name} at ${price(at, decimals)}`;
        if (await run(title, "It waits for its price.", step => trader.send(trader.actions.order(placing), step))) done();
    };
    return (
        <form className="trigger" onSubmit={event => void submit(event)}>
            <NumberField
                error={text !== "" && at === undefined ? `A price with at most ${decimals} decimals.` : undefined}
                hint={
                    <span className="row">
                        {AWAY.map(away => (
                            <button className="link" key={away} onClick={() => near(away)} type="button">
                                {percent(away, { places: 0, least: 0, plus: true })}
                            </button>
                        ))}
                        <span>from the price of now</span>
                    </span>
                }
                label={`Close ${name} when its price reaches`}
                onChange={setText}
                unit="USD"
                value={text}
            />
            <div className="stack tight">
                <p className="muted">
                    {at
                        ? `${kind}: at ${price(at, decimals)} or ${above ? "above" : "below"}, filled at ${price(limit, decimals)} at worst. Fee ${dollars(preview?.fee)}, which comes back if you cancel.`
                        : "Below or above the price of now: a stop or a take-profit."}
                </p>
                <div className="row">
                    <button className="button main" disabled={!at || !limit || busy} type="submit">
                        {at ? `Place the ${kind.toLowerCase()}` : "Place it"}
                    </button>
                    <button className="button" onClick={done} type="button">
                        Back
                    </button>
                </div>
            </div>
        </form>
    );
}
