// Both margins of every position, split into what they are made of.
import type { AccountFigures, LegFigures } from "../../core/engine";
import { dollars, percent } from "../../core/format";
import { useMarketNames } from "../../core/market";
import { Panel } from "../../parts/basics";

export function LegMargins({ account }: { readonly account: AccountFigures }) {
    const names = useMarketNames();
    return (
        <Panel flush title="What your margin is made of">
            <div className="margins">
                {account.legs.map(leg => (
                    <LegMargin key={leg.market} leg={leg} name={names.get(leg.market as never)?.name ?? ""} />
                ))}
            </div>
        </Panel>
    );
}

function LegMargin({ leg, name }: { readonly leg: LegFigures; readonly name: string }) {
    const { maintenanceTerms: maintenance, initialTerms: initial } = leg;
    return (
        <section aria-label={name}>
            <h3>{name}</h3>
            <Terms
                ppm={leg.maintenancePpm}
                terms={[
                    ["Volatility", maintenance.volatility],
                    ["Impact of closing it", maintenance.impact],
                    ["Market's least", maintenance.floor],
                    ["Market's most", -maintenance.cap],
                ]}
                title="Maintenance margin"
                total={leg.maintenance}
            />
            {initial ? (
                <Terms
                    ppm={leg.initialPpm}
                    terms={[
                        ["Maintenance by the model", initial.maintenance],
                        ["Buffer", initial.buffer],
                        ["Crowd on this side", initial.crowd],
                        ["Open interest", initial.openInterest],
                        ["Liquidations under way", initial.cascade],
                    ]}
                    title="Initial margin"
                    total={leg.initial}
                />
            ) : (
                <p className="muted">Initial margin is not known: the market has no fresh price.</p>
            )}
        </section>
    );
}

function Terms({
    title,
    terms,
    total,
    ppm,
}: {
    readonly title: string;
    readonly terms: readonly (readonly [name: string, amount: bigint])[];
    readonly total: bigint | undefined;
    readonly ppm: number | undefined;
}) {
    return (
        <table className="terms">
            <caption>{title}</caption>
            <tbody>
                {terms
                    .filter(([, amount]) => amount !== 0n)
                    .map(([name, amount]) => (
                        <tr key={name}>
                            <th scope="row">{name}</th>
                            <td>{dollars(amount)}</td>
                        </tr>
                    ))}
            </tbody>
            <tfoot>
                <tr>
                    <th scope="row">
                        Together <span className="muted">{percent(ppm)} of the position</span>
                    </th>
                    <td>{dollars(total)}</td>
                </tr>
            </tfoot>
        </table>
    );
}
