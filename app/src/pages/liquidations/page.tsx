// Liquidations: the queues as they are, in order, and who was liquidated and who paid.
import { useEffect } from "react";

import { useCore } from "../../core/context";
import { MarketQueue } from "./queue";
import { Recent } from "./recent";

/** Transactions that are read for each queue's past. */
const PAST = 80;

export default function LiquidationsPage() {
    const { store, history } = useCore();
    const { markets } = store.network;
    useEffect(() => {
        for (const market of markets) void history.backfill(market.queue, PAST);
    }, [history, markets]);
    return (
        <>
            <p className="lead">
                Accounts below maintenance are flagged, and liquidated <strong>worst first</strong>: the program refuses any other
                order. The key says what waiting for an account is expected to cost.
            </p>
            <div className="columns queues">
                {markets.map(market => (
                    <div className="queue-place" key={market.address}>
                        <MarketQueue market={market} />
                    </div>
                ))}
                <div className="span-12">
                    <Recent />
                </div>
            </div>
        </>
    );
}
