// What the account holds, what it asked for, and what became of it.
import { useEffect, useMemo } from "react";

import { follow, orderKey, type OrderRecord } from "@plimsoll/client";

import { useCore, useHappened } from "../../core/context";
import type { AccountFigures, OrderFigures } from "../../core/engine";
import { decimal, dollars, price, time } from "../../core/format";
import type { Happened } from "../../core/history";
import { useMarketNames } from "../../core/market";
import { useTasks } from "../../core/tasks";
import { useTrader } from "../../core/trader";
import { Empty, Pill, Side, type Tone } from "../../parts/basics";
import { Tabs } from "../../parts/tabs";
import { Positions } from "./positions";

export function Activity({ account }: { readonly account: AccountFigures | undefined }) {
    const records = useRecords(account?.address);
    const legs = account?.legs ?? [];
    const orders = account?.orders ?? [];
    return (
        <Tabs
            label="Account"
            tabs={[
                { name: "Positions", count: legs.length, content: <Positions account={account} /> },
                { name: "Orders", count: orders.length, content: <Orders held={legs.map(leg => leg.market)} orders={orders} /> },
                { name: "Order history", content: <Ended records={records} /> },
            ]}
        />
    );
}

/** The account's orders as events tell of them, newest first. */
function useRecords(account: string | undefined): readonly OrderRecord[] {
    const { history } = useCore();
    useEffect(() => {
        if (account) void history.backfill(account as never, 60);
    }, [history, account]);
    const own = useMemo(
        () => (one: Happened) =>
            account !== undefined &&
            "sequence" in one.event.data &&
            "account" in one.event.data &&
            one.event.data.account === account,
        [account],
    );
    const happened = useHappened(own, 300);
    return useMemo(() => {
        const records = follow(
            new Map(),
            [...happened].reverse().map(one => one.event),
        );
        return [...records.values()].sort((one, other) => Number(other.sequence - one.sequence));
    }, [happened]);
}

const STAGES: Readonly<Record<OrderFigures["stage"], { readonly text: string; readonly tone: Tone; readonly means: string }>> = {
    armed: { text: "Armed", tone: "plain", means: "Waits for its trigger." },
    requested: { text: "Requested", tone: "care", means: "Waits for the update that executes it. It can still be cancelled." },
    binding: { text: "Executing", tone: "care", means: "Its price is or may be known: it executes or fails." },
    expired: { text: "Expired", tone: "bad", means: "Nobody executed it in time. Its fee is kept." },
};

function Orders({ orders, held }: { readonly orders: readonly OrderFigures[]; readonly held: readonly string[] }) {
    const names = useMarketNames();
    const trader = useTrader();
    const { run, busy } = useTasks();
    if (orders.length === 0) return <Empty title="No orders waiting" />;
    const cancel = (order: OrderFigures) =>
        trader &&
        run("Cancel the order", "Cancelled.", step =>
            trader.send(trader.actions.cancel(order.market as never, order.place), step),
        );
    return (
        <div className="scroll">
            <table className="grid cards">
                <thead>
                    <tr>
                        {["Market", "Side", "Size", "Worst price", "Trigger", "Fee held", "State", ""].map(name => (
                            <th key={name} scope="col">
                                {name || <span className="hidden">Action</span>}
                            </th>
                        ))}
                    </tr>
                </thead>
                <tbody>
                    {orders.map(order => {
                        const market = names.get(order.market as never);
                        const stage = STAGES[order.stage];
                        return (
                            <tr key={String(order.sequence)}>
                                <td>
                                    <strong>{market?.name}</strong>
                                </td>
                                <td data-label="Side">
                                    <Side lots={order.lots} />
                                </td>
                                <td data-label="Size">
                                    {decimal(order.lots < 0n ? -order.lots : order.lots, market?.size ?? 0)}
                                    {order.reduceOnly && <span className="muted"> reduce only</span>}
                                </td>
                                <td data-label="Worst price">{price(order.limit, market?.price ?? 0)}</td>
                                <td data-label="Trigger">
                                    {order.trigger === undefined
                                        ? "\u2013"
                                        : `${order.triggerAbove ? "at or above" : "at or below"} ${price(order.trigger, market?.price ?? 0)}`}
                                </td>
                                <td data-label="Fee held">{dollars(order.fee)}</td>
                                <td data-label="State" title={stage.means}>
                                    <Pill tone={stage.tone}>{stage.text}</Pill>
                                    {order.stage === "armed" && order.reduceOnly && !held.includes(order.market) && (
                                        <small className="muted"> nothing to reduce: cancel it and its fee comes back</small>
                                    )}
                                </td>
                                <td className="wide">
                                    {trader && order.stage !== "binding" && (
                                        <button
                                            className="button small"
                                            disabled={busy}
                                            onClick={() => void cancel(order)}
                                            type="button"
                                        >
                                            {order.stage === "expired" ? "Remove" : "Cancel"}
                                        </button>
                                    )}
                                </td>
                            </tr>
                        );
                    })}
                </tbody>
            </table>
        </div>
    );
}

const ENDS: Readonly<Record<OrderRecord["state"]["kind"], { readonly text: string; readonly tone: Tone }>> = {
    requested: { text: "Requested", tone: "care" },
    executed: { text: "Executed", tone: "good" },
    expired: { text: "Expired", tone: "bad" },
    failed: { text: "Failed", tone: "bad" },
    cancelled: { text: "Cancelled", tone: "plain" },
};

function Ended({ records }: { readonly records: readonly OrderRecord[] }) {
    const names = useMarketNames();
    if (records.length === 0) return <Empty title="Nothing yet" />;
    return (
        <div className="scroll">
            <table className="grid cards">
                <thead>
                    <tr>
                        {["Market", "Asked at", "Side", "Size", "Price", "Fee", "State"].map(name => (
                            <th key={name} scope="col">
                                {name}
                            </th>
                        ))}
                        <th className="left" scope="col">
                            Why
                        </th>
                    </tr>
                </thead>
                <tbody>
                    {records.map(record => {
                        const { state } = record;
                        const market = names.get(record.market);
                        const lots = state.kind === "executed" ? state.lots : record.lots;
                        return (
                            <tr key={orderKey(record)}>
                                <td>
                                    <strong>{market?.name}</strong>
                                </td>
                                <td data-label="Asked at">{time(record.placedAt)}</td>
                                <td data-label="Side">{lots ? <Side lots={lots} /> : "\u2013"}</td>
                                <td data-label="Size">
                                    {lots === undefined ? "\u2013" : decimal(lots < 0n ? -lots : lots, market?.size ?? 0)}
                                </td>
                                <td data-label="Price">
                                    {state.kind === "executed" ? price(state.price, market?.price ?? 0) : "\u2013"}
                                </td>
                                <td data-label="Fee">{state.kind === "requested" ? "\u2013" : dollars(state.fee)}</td>
                                <td data-label="State">
                                    <Pill tone={ENDS[state.kind].tone}>{ENDS[state.kind].text}</Pill>
                                </td>
                                <td className="sentence wide">{reasonOf(state)}</td>
                            </tr>
                        );
                    })}
                </tbody>
            </table>
        </div>
    );
}

function reasonOf(state: OrderRecord["state"]): string {
    switch (state.kind) {
        case "failed":
            return `${state.sentence} Its fee was kept.`;
        case "expired":
            return "Nobody executed it in time. Its fee was kept.";
        case "cancelled":
            return "Its fee came back.";
        default:
            return "";
    }
}
