// The market, in one line: price with age and confidence, funding, open interest, skew, status.
import { useCore } from "../../core/context";
import type { MarketFigures } from "../../core/engine";
import { decimal, finePercent, percent, price, seconds, shortDollars } from "../../core/format";
import type { NetworkMarket } from "../../core/network";
import { go, useRoute } from "../../core/route";
import { isStale, REASONS, STATUS } from "../../core/words";
import { Meter, Pill, Stat } from "../../parts/basics";
import { Icon } from "../../parts/icon";

export function MarketBar({ market, figures }: { readonly market: NetworkMarket; readonly figures: MarketFigures | undefined }) {
    const { store } = useCore();
    const route = useRoute();
    const stale = isStale(figures) || store.connection === "down";
    return (
        <section aria-label="Market" className="panel marketbar">
            <div className="picker">
                <select aria-label="Market" onChange={event => go({ ...route, market: event.target.value })} value={market.name}>
                    {store.network.markets.map(one => (
                        <option key={one.address} value={one.name}>
                            {one.name}-PERP
                        </option>
                    ))}
                </select>
                <Icon name="chevron" size={16} />
            </div>
            <div className={`quote ${stale ? "stale" : ""}`}>
                <strong className="big">{figures ? price(figures.price, figures.priceDecimals) : "\u2013"}</strong>
                {figures && (
                    <span className={stale ? "warn" : "muted"}>
                        ±{percent(figures.confidencePpm)} · {stale ? "stale, " : ""}
                        {seconds(figures.age)} old
                    </span>
                )}
            </div>
            {figures && (
                <div aria-label="Figures of the market" className="bar-stats" role="group" tabIndex={0}>
                    <dl>
                        <Funding figures={figures} />
                        <Stat label="Open interest" title="Value of all longs and of all shorts">
                            <span className="up">{shortDollars(figures.longNotional)}</span>
                            <span className="muted"> / </span>
                            <span className="down">{shortDollars(figures.shortNotional)}</span>
                        </Stat>
                        <Stat
                            label="Skew"
                            note={`${decimal(figures.skew, figures.sizeDecimals, { places: 2, plus: true })} ${market.name}`}
                        >
                            {figures.skew === 0n
                                ? "Balanced"
                                : `${figures.skew > 0n ? "Long" : "Short"} ${shortDollars(figures.skewNotional)}`}
                        </Stat>
                        <div className="stat">
                            <dt>Side in use</dt>
                            <dd>
                                {percent(figures.sideUsePpm, { places: 0, least: 0 })}
                                <Meter
                                    label={`${percent(figures.sideUsePpm)} of the cap for one side`}
                                    part={figures.sideUsePpm ?? 0}
                                    tone={(figures.sideUsePpm ?? 0) > 900_000 ? "care" : "plain"}
                                />
                            </dd>
                        </div>
                        <div className="stat status">
                            <dt>Status</dt>
                            <dd>
                                <StatusPill figures={figures} />
                            </dd>
                        </div>
                    </dl>
                </div>
            )}
        </section>
    );
}

function Funding({ figures }: { readonly figures: MarketFigures }) {
    const rate = figures.fundingPpbPerHour;
    const who = rate === 0 ? "nobody pays" : rate > 0 ? "longs pay shorts" : "shorts pay longs";
    return (
        <Stat label="Funding, 1 h" note={who}>
            {finePercent(rate, { plus: true })}
        </Stat>
    );
}

export function StatusPill({ figures }: { readonly figures: MarketFigures }) {
    const status = STATUS[figures.status];
    const why = [status.means, ...figures.reasons.map(reason => REASONS[reason])].join(" ");
    return (
        <span title={why}>
            <Pill icon={status.tone === "good" ? "check" : "alert"} tone={status.tone}>
                {status.text}
            </Pill>
            <span className="hidden">{why}</span>
        </span>
    );
}
