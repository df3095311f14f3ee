// One market: its status and why, what its providers cover, and how full each step of its waterfall is.
import type { MarketFigures, MarketInsurance } from "../../core/engine";
import { dollars, percent, price, seconds, shortDollars } from "../../core/format";
import { useFigures } from "../../core/market";
import type { NetworkMarket } from "../../core/network";
import { isStale, REASONS, STATUS } from "../../core/words";
import { Empty, Figure, Meter, Note, Panel } from "../../parts/basics";
import { StatusPill } from "../trade/marketbar";

/** Coverage beyond ten times what is needed says nothing more: millionths. */
const MANY = 10_000_000;

export function MarketSafety({
    market,
    insurance,
}: {
    readonly market: NetworkMarket;
    readonly insurance: MarketInsurance | undefined;
}) {
    const figures = useFigures(market.address);
    return (
        <Panel end={figures && <StatusPill figures={figures} />} title={market.name}>
            {!figures ? (
                <Empty title="Not read yet" />
            ) : (
                <div className="stack">
                    <Status figures={figures} />
                    <Coverage figures={figures} />
                    {insurance && <Waterfall figures={figures} insurance={insurance} />}
                </div>
            )}
        </Panel>
    );
}

function Status({ figures }: { readonly figures: MarketFigures }) {
    const stale = isStale(figures);
    return (
        <div className="stack tight">
            <p>
                <strong>{price(figures.price, figures.priceDecimals)}</strong>{" "}
                <span className={stale ? "warn" : "muted"}>
                    ±{percent(figures.confidencePpm)} · {stale ? "stale, " : ""}
                    {seconds(figures.age)} old
                </span>
            </p>
            <p className="muted">{STATUS[figures.status].means}</p>
            {figures.reasons.map(reason => (
                <Note key={reason} tone="care">
                    {REASONS[reason]}
                </Note>
            ))}
        </div>
    );
}

function Coverage({ figures }: { readonly figures: MarketFigures }) {
    const covered = figures.coveragePpm;
    const thin = covered !== undefined && covered < 1_000_000;
    return (
        <div className="stack tight">
            <h3>Liquidity providers</h3>
            <dl className="figures">
                <Figure label="Net asset value">{dollars(figures.netAssetValue)}</Figure>
                <Figure
                    label="Must cover"
                    title="Before new risk is taken: a stressed move of the skew, and a part of open interest."
                >
                    {dollars(figures.coverageNeeded)}
                </Figure>
                <Figure label="Coverage">
                    {covered === undefined ? (
                        "Nothing to cover"
                    ) : (
                        <span className={thin ? "down" : "up"}>
                            {covered > MANY
                                ? `over ${percent(MANY, { places: 0, least: 0 })}`
                                : percent(covered, { places: 0, least: 0 })}
                        </span>
                    )}
                </Figure>
            </dl>
            {covered !== undefined && (
                <Meter
                    label={`Coverage ${percent(covered)}, drawn up to 200 per cent`}
                    part={covered / 2}
                    tone={thin ? "bad" : "plain"}
                />
            )}
        </div>
    );
}

function Waterfall({ insurance, figures }: { readonly insurance: MarketInsurance; readonly figures: MarketFigures }) {
    const steps: readonly (readonly [name: string, amount: bigint, means: string])[] = [
        ["The market's own insurance", insurance.own, "Fees of its liquidations."],
        [
            "Shared insurance, now",
            insurance.sharedNow,
            `At most ${shortDollars(insurance.sharedCap)} in a window, ${shortDollars(insurance.sharedDrawn)} drawn in this one.`,
        ],
        ["Liquidity providers", insurance.netAssetValue, "Through their net asset value."],
    ];
    const most = steps.reduce((large, [, amount]) => (amount > large ? amount : large), 1n);
    return (
        <div className="stack tight">
            <h3>Waterfall</h3>
            {insurance.deficit > 0n && <Note tone="bad">{dollars(insurance.deficit)} waits to be answered.</Note>}
            <ol className="waterfall">
                {steps.map(([name, amount, means], at) => (
                    <li key={name}>
                        <span className="step">{at + 1}</span>
                        <div>
                            <div className="row between">
                                <span>{name}</span>
                                <strong>{dollars(amount)}</strong>
                            </div>
                            <Meter
                                label={`${name}: ${dollars(amount)}`}
                                part={amount > 0n ? Number((amount * 1_000_000n) / most) : 0}
                            />
                            <small className="muted">{means}</small>
                        </div>
                    </li>
                ))}
                <li>
                    <span className="step">4</span>
                    <div>
                        <span>Settlement</span>
                        <br />
                        <small className="muted">All winners are paid the same fraction of their profit.</small>
                    </div>
                </li>
            </ol>
            {insurance.target > 0n && (
                <p className="muted">Below {shortDollars(insurance.target)} of insurance the market takes no new risk.</p>
            )}
            {figures.cascadePpm > 1_000_000 && (
                <Note tone="care">
                    Liquidations move the price: initial margin is {percent(figures.cascadePpm)} of its usual.
                </Note>
            )}
        </div>
    );
}
