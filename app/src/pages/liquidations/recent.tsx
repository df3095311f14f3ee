// What was liquidated lately, and who paid whom.
import { useCore, useHappened } from "../../core/context";
import { decimal, dollars, price, time } from "../../core/format";
import type { Happened } from "../../core/history";
import { useMarketNames } from "../../core/market";
import { AddressText, Empty, Panel, Pill, Side } from "../../parts/basics";

const SHOWN = 60;

type Told = Extract<Happened["event"], { kind: "liquidated" | "bankruptcyClosed" | "deficitPaid" }>;

function isTold(event: Happened["event"]): event is Told {
    return event.kind === "liquidated" || event.kind === "bankruptcyClosed" || event.kind === "deficitPaid";
}

const told = (one: Happened) => isTold(one.event);

export function Recent() {
    const happened = useHappened(told, SHOWN);
    const { store } = useCore();
    const names = useMarketNames();
    if (happened.length === 0) {
        return (
            <Panel flush title="Recent liquidations">
                <Empty title="None yet">
                    <p>Liquidations appear here as they happen, with who paid.</p>
                </Empty>
            </Panel>
        );
    }
    return (
        <Panel flush title="Recent liquidations">
            <div className="scroll">
                <table className="grid cards">
                    <thead>
                        <tr>
                            {["Time", "Market", "Account", "What", "Closed", "Price", "Key"].map(name => (
                                <th key={name} scope="col">
                                    {name}
                                </th>
                            ))}
                            <th className="left" scope="col">
                                Who paid
                            </th>
                        </tr>
                    </thead>
                    <tbody>
                        {happened.map(one => {
                            const { event } = one;
                            if (!isTold(event)) return null;
                            const market = names.get(event.data.market);
                            const account = "account" in event.data ? event.data.account : undefined;
                            const lots = "lots" in event.data ? event.data.lots : undefined;
                            return (
                                <tr
                                    className={account && account === store.mine?.margin ? "mine" : ""}
                                    key={`${one.signature}/${one.place}`}
                                >
                                    <td data-label="Time">{time(one.time)}</td>
                                    <td data-label="Market">{market?.name}</td>
                                    <td data-label="Account">{account ? <AddressText address={account} /> : "\u2013"}</td>
                                    <td data-label="What">
                                        <What kind={event.kind} />
                                    </td>
                                    <td data-label="Closed">
                                        {lots === undefined ? (
                                            "\u2013"
                                        ) : (
                                            <span className="closed">
                                                <Side lots={-lots} /> {decimal(lots < 0n ? -lots : lots, market?.size ?? 0)}
                                            </span>
                                        )}
                                    </td>
                                    <td data-label="Price">
                                        {"price" in event.data ? price(event.data.price, market?.price ?? 0) : "\u2013"}
                                    </td>
                                    <td data-label="Key">{"key" in event.data ? dollars(event.data.key) : "\u2013"}</td>
                                    <td className="sentence wide">{paid(event)}</td>
                                </tr>
                            );
                        })}
                    </tbody>
                </table>
            </div>
        </Panel>
    );
}

function What({ kind }: { readonly kind: Told["kind"] }) {
    switch (kind) {
        case "liquidated":
            return <Pill tone="care">Liquidated</Pill>;
        case "bankruptcyClosed":
            return <Pill tone="bad">Bankrupt</Pill>;
        case "deficitPaid":
            return <Pill tone="bad">Deficit paid</Pill>;
    }
}

function paid(event: Told): string {
    switch (event.kind) {
        case "liquidated": {
            const { toTreasury, toFlagger, toLiquidator, toInsurance } = event.data;
            return `The account paid ${dollars(toTreasury)} to the pool, ${dollars(toFlagger)} to the flagger, ${dollars(toLiquidator)} to the liquidator and ${dollars(toInsurance)} to insurance.`;
        }
        case "bankruptcyClosed":
            return event.data.deficit > 0n
                ? `${dollars(event.data.deficit)} is missing and goes down the waterfall.`
                : "Nothing is missing.";
        case "deficitPaid": {
            const { fromOwn, fromShared, byProviders } = event.data;
            return `Insurance paid ${dollars(fromOwn)} of the market's own part and ${dollars(fromShared)} of the shared part; liquidity providers bore ${dollars(byProviders)}.`;
        }
    }
}
