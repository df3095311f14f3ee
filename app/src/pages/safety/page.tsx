// Safety: what stands between a bankrupt account and everybody else.
import { useEffect } from "react";

import { useAnswer, useCore } from "../../core/context";
import { dollars, shortDollars } from "../../core/format";
import { Empty, Panel, Stat } from "../../parts/basics";
import { MarketSafety } from "./market";

export default function SafetyPage() {
    const { store, history } = useCore();
    const { markets, insuranceFund } = store.network;
    const insurance = useAnswer(venue => venue.insurance(), []);
    useEffect(() => void history.backfill(insuranceFund, 40), [history, insuranceFund]);
    return (
        <>
            <p className="lead">
                When an account goes bankrupt, its loss goes down this waterfall: the market&rsquo;s own insurance, the shared
                insurance within its cap, the market&rsquo;s liquidity providers, the winners of its heavier side, who are cut
                alike, and in the last place a settlement that pays all winners the same fraction.
            </p>
            <div className="columns queues">
                <div className="span-12">
                    <Panel title="Insurance vault">
                        {insurance ? (
                            <dl className="stats">
                                <Stat label="In the vault">
                                    <span className="big">{dollars(insurance.total)}</span>
                                </Stat>
                                <Stat label="Shared by all markets" note="belongs to the stakers">
                                    <span className="big">{shortDollars(insurance.shared)}</span>
                                </Stat>
                                <Stat label="Of single markets" note="pays first">
                                    <span className="big">{shortDollars(insurance.own)}</span>
                                </Stat>
                            </dl>
                        ) : (
                            <Empty title="Not read yet" />
                        )}
                    </Panel>
                </div>
                {markets.map(market => (
                    <div className="queue-place" key={market.address}>
                        <MarketSafety insurance={insurance?.markets.find(one => one.market === market.address)} market={market} />
                    </div>
                ))}
            </div>
        </>
    );
}
