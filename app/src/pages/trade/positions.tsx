// Positions, each with what it requires, where it is liquidated, and buttons to close it or to have it closed at a price.
import { Fragment, useState } from "react";

import { useCore } from "../../core/context";
import type { AccountFigures, LegFigures } from "../../core/engine";
import { decimal, dollars, percent, price } from "../../core/format";
import { useMarketNames } from "../../core/market";
import { hrefOf, useRoute } from "../../core/route";
import { useTasks } from "../../core/tasks";
import { useTrader } from "../../core/trader";
import { Empty, Side, Signed } from "../../parts/basics";
import { TriggerForm } from "./trigger";

/** How far a close may slip, in millionths. */
const SLIPPAGE = 20_000;

export function Positions({ account }: { readonly account: AccountFigures | undefined }) {
    const { store } = useCore();
    const names = useMarketNames();
    const trader = useTrader();
    const route = useRoute();
    const { run, busy } = useTasks();
    const [arming, setArming] = useState<string>();
    const legs = account?.legs ?? [];
    if (legs.length === 0) {
        return (
            <Empty title="No positions">
                <p>What you open appears here, with its liquidation price.</p>
            </Empty>
        );
    }
    const close = (leg: LegFigures, name: string) => {
        const limit = store.ask(venue => venue.limitFor(leg.market, leg.lots < 0n, SLIPPAGE));
        if (!trader || limit === undefined) return;
        const placing = { market: leg.market as never, lots: -leg.lots, limit, reduceOnly: true };
        void run(`Close ${name}`, "Requested: it closes at the next price.", step =>
            trader.send(trader.actions.order(placing), step),
        );
    };
    return (
        <div className="scroll">
            <table className="grid cards">
                <thead>
                    <tr>
                        {[
                            "Market",
                            "Side",
                            "Size",
                            "Value",
                            "Entry",
                            "Price",
                            "Liquidation",
                            "Profit or loss",
                            "Margin needed",
                            "",
                        ].map(name => (
                            <th key={name} scope="col">
                                {name || <span className="hidden">Action</span>}
                            </th>
                        ))}
                    </tr>
                </thead>
                <tbody>
                    {legs.map(leg => {
                        const market = names.get(leg.market as never);
                        const name = market?.name ?? "";
                        return (
                            <Fragment key={leg.market}>
                                <tr>
                                    <td>
                                        <a className="link" href={hrefOf({ ...route, page: "trade", market: name })}>
                                            <strong>{name}</strong>
                                        </a>
                                    </td>
                                    <td data-label="Side">
                                        <Side lots={leg.lots} />
                                    </td>
                                    <td data-label="Size">{decimal(leg.lots < 0n ? -leg.lots : leg.lots, market?.size ?? 0)}</td>
                                    <td data-label="Value">{dollars(leg.notional)}</td>
                                    <td data-label="Entry">{price(leg.entry, market?.price ?? 0)}</td>
                                    <td data-label="Price">{price(leg.price, market?.price ?? 0)}</td>
                                    <td data-label="Liquidation">
                                        {leg.liquidationPrice === undefined ? (
                                            "None"
                                        ) : (
                                            <>
                                                {price(leg.liquidationPrice, market?.price ?? 0)}{" "}
                                                <span className="muted">
                                                    {percent(leg.liquidationDistancePpm, { places: 1, least: 1, plus: true })}
                                                </span>
                                            </>
                                        )}
                                    </td>
                                    <td data-label="Profit or loss">
                                        <Signed value={leg.pnl}>{dollars(leg.pnl, { plus: true })}</Signed>
                                    </td>
                                    <td data-label="Margin needed" title="Initial margin; maintenance margin">
                                        {dollars(leg.initial)} <span className="muted">/ {dollars(leg.maintenance)}</span>
                                    </td>
                                    <td className="wide">
                                        {trader && (
                                            <span className="actions">
                                                <button
                                                    aria-expanded={arming === leg.market}
                                                    className="button small"
                                                    onClick={() => setArming(arming === leg.market ? undefined : leg.market)}
                                                    type="button"
                                                >
                                                    Stop
                                                </button>
                                                <button
                                                    className="button small"
                                                    disabled={busy}
                                                    onClick={() => close(leg, name)}
                                                    type="button"
                                                >
                                                    Close
                                                </button>
                                            </span>
                                        )}
                                    </td>
                                </tr>
                                {trader && arming === leg.market && (
                                    <tr>
                                        <td className="wide" colSpan={10}>
                                            <TriggerForm
                                                done={() => setArming(undefined)}
                                                leg={leg}
                                                name={name}
                                                trader={trader}
                                            />
                                        </td>
                                    </tr>
                                )}
                            </Fragment>
                        );
                    })}
                </tbody>
            </table>
        </div>
    );
}
