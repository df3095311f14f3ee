// What became of an order: requested while the account holds it, then executed, expired, failed or cancelled.
import type { Address } from "@solana/kit";

import { sentenceOf } from "./failures";
import type { PlimsollEvent } from "./generated/events";

/** Where an order ended, or that it has not. */
export type OrderState =
    | { readonly kind: "requested" }
    | { readonly kind: "executed"; readonly lots: bigint; readonly cost: bigint; readonly price: bigint; readonly fee: bigint }
    | { readonly kind: "expired"; readonly fee: bigint }
    | { readonly kind: "failed"; readonly code: number; readonly sentence: string; readonly fee: bigint }
    | { readonly kind: "cancelled"; readonly fee: bigint };

/** An order of an account, by the number that it keeps after it ended. */
export type OrderRecord = {
    readonly account: Address;
    readonly market: Address;
    readonly sequence: bigint;
    readonly lots: bigint | undefined;
    readonly placedAt: bigint | undefined;
    readonly state: OrderState;
};

/** The name of an order among all. */
export function orderKey(order: { readonly account: Address; readonly sequence: bigint }): string {
    return `${order.account}/${order.sequence}`;
}

function stateAfter(event: PlimsollEvent): OrderState | undefined {
    switch (event.kind) {
        case "orderPlaced":
        case "orderFired":
            return { kind: "requested" };
        case "orderExecuted": {
            const { lots, cost, price, fee } = event.data;
            return { kind: "executed", lots, cost, price, fee };
        }
        case "orderExpired":
            return { kind: "expired", fee: event.data.fee };
        case "orderCancelled":
            return { kind: "cancelled", fee: event.data.fee };
        case "orderFailed": {
            const { error, fee } = event.data;
            return { kind: "failed", code: error, sentence: sentenceOf(error) ?? `It failed with error ${error}.`, fee };
        }
        default:
            return undefined;
    }
}

/** Brings records up to events, oldest first. An order that has ended stays ended, in whatever order events arrive. */
export function follow(
    records: ReadonlyMap<string, OrderRecord>,
    events: readonly PlimsollEvent[],
): ReadonlyMap<string, OrderRecord> {
    const next = new Map(records);
    for (const event of events) {
        const state = stateAfter(event);
        if (state === undefined || !("sequence" in event.data) || !("account" in event.data)) continue;
        const { account, market, sequence } = event.data;
        const key = orderKey({ account, sequence });
        const known = next.get(key);
        const ended = known !== undefined && known.state.kind !== "requested";
        const placed = event.kind === "orderPlaced" ? event.data : undefined;
        next.set(key, {
            account,
            market,
            sequence,
            lots: placed?.lots ?? known?.lots,
            placedAt: placed?.placedAt ?? known?.placedAt,
            state: ended ? known.state : state,
        });
    }
    return next;
}
