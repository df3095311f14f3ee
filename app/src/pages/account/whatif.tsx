// The account if prices moved: the engine values it anew at other prices.
import { useState } from "react";

import { useAnswer, useCore } from "../../core/context";
import type { AccountFigures } from "../../core/engine";
import { dollars, percent } from "../../core/format";
import { Figure, Panel, Pill } from "../../parts/basics";
import { Choice, Slider } from "../../parts/fields";
import { LoadLine, stateText, stateTone } from "../../parts/loadline";

const MARKS = [-50, -25, 0, 25, 50];

export function WhatIf({ account }: { readonly account: AccountFigures }) {
    const { store } = useCore();
    const [moved, setMoved] = useState(0);
    const [market, setMarket] = useState("all");
    const held = store.network.markets.filter(one => account.legs.some(leg => leg.market === one.address));
    const which = market === "all" ? undefined : market;
    const then = useAnswer(venue => venue.whatIf(account.address, which, moved * 10_000), [account.address, which, moved]);
    const text = moved === 0 ? "as they are" : percent(moved * 10_000, { places: 0, least: 0, plus: true });
    return (
        <Panel
            end={
                <Choice
                    label="Which prices move"
                    onChange={setMarket}
                    options={[
                        { value: "all", text: "All" },
                        ...held.map(one => ({ value: one.address as string, text: one.name })),
                    ]}
                    small
                    value={market}
                />
            }
            title="What if prices move?"
        >
            <div className="stack">
                <Slider
                    label="How far prices move"
                    least={-50}
                    marks={MARKS.map(at => ({ at, text: at === 0 ? "Now" : `${at > 0 ? "+" : "\u2212"}${Math.abs(at)}%` }))}
                    most={50}
                    onChange={setMoved}
                    step={1}
                    text={`Prices ${text}`}
                    value={moved}
                />
                {then && (
                    <>
                        <div className="row between">
                            <strong>Prices {text}</strong>
                            <Pill icon={then.state === "healthy" ? "check" : "alert"} tone={stateTone(then.state)}>
                                {stateText(then.state)}
                            </Pill>
                        </div>
                        <LoadLine equity={then.equity} initial={then.initial} maintenance={then.maintenance} state={then.state} />
                        <dl className="figures two">
                            <Figure before={percent(account.healthPpm, { places: 0, least: 0 })} label="Health">
                                {percent(then.healthPpm, { places: 0, least: 0 })}
                            </Figure>
                            <Figure before={dollars(account.pnl, { plus: true })} label="Unrealised">
                                {dollars(then.pnl, { plus: true })}
                            </Figure>
                        </dl>
                    </>
                )}
            </div>
        </Panel>
    );
}
