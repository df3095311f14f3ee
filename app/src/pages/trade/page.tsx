// Trade: one market, its chart, the order form, and what the account holds.
import { lazy, Suspense } from "react";

import { useAccount } from "../../core/context";
import { useFigures, useMarket } from "../../core/market";
import { Empty } from "../../parts/basics";
import { Activity } from "./activity";
import { OrderForm } from "./form";
import { MarketBar } from "./marketbar";

const Chart = lazy(() => import("./chart"));

export function TradePage() {
    const market = useMarket();
    const figures = useFigures(market?.address);
    const account = useAccount();
    if (!market) {
        return (
            <Empty title="No markets">
                <p>The network's description names none.</p>
            </Empty>
        );
    }
    const leg = account?.legs.find(one => one.market === market.address);
    return (
        <div className="columns trade">
            <div className="area-bar">
                <MarketBar figures={figures} market={market} />
            </div>
            <div className="area-chart">
                <Suspense fallback={<div className="panel chart-place" />}>
                    <Chart figures={figures} key={market.address} leg={leg} market={market} />
                </Suspense>
            </div>
            <div className="area-form">
                <OrderForm account={account} figures={figures} key={market.address} market={market} />
            </div>
            <div className="area-book">
                <Activity account={account} />
            </div>
        </div>
    );
}
