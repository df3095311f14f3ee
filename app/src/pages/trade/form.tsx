// The order form: side, size by number or slider or by risk and stop, what it would do, and why the button is off.
import { type FormEvent, useState } from "react";

import { useAnswer, useCore } from "../../core/context";
import type { AccountFigures, MarketFigures } from "../../core/engine";
import { decimal, dollars, parseDecimal, percent, plain } from "../../core/format";
import type { NetworkMarket } from "../../core/network";
import { hrefOf, useRoute } from "../../core/route";
import { useTasks } from "../../core/tasks";
import { useTrader } from "../../core/trader";
import { useWallet } from "../../wallet/context";
import { Note } from "../../parts/basics";
import { Check, Choice, NumberField, Slider } from "../../parts/fields";
import { Icon } from "../../parts/icon";
import { PreviewFigures } from "./preview";

type Side = "long" | "short";
type By = "size" | "risk";

const SLIPPAGES = [
    { value: "2500", text: "0.25%" },
    { value: "5000", text: "0.5%" },
    { value: "10000", text: "1%" },
    { value: "30000", text: "3%" },
] as const;

type Given = {
    readonly market: NetworkMarket;
    readonly figures: MarketFigures | undefined;
    readonly account: AccountFigures | undefined;
};

export function OrderForm({ market, figures, account }: Given) {
    const [by, setBy] = useState<By>("size");
    return (
        <section aria-label="Order" className="panel">
            <header className="panel-head">
                <h2>Place an order</h2>
                <div className="end">
                    <Choice
                        label="How the size is chosen"
                        onChange={setBy}
                        options={[
                            { value: "size", text: "Size" },
                            { value: "risk", text: "Risk & stop" },
                        ]}
                        small
                        value={by}
                    />
                </div>
            </header>
            <div className="panel-body">
                {by === "size" ? (
                    <BySize account={account} figures={figures} market={market} />
                ) : (
                    <ByRisk account={account} figures={figures} market={market} />
                )}
            </div>
        </section>
    );
}

function BySize({ market, figures, account }: Given) {
    const { store } = useCore();
    const { run, busy } = useTasks();
    const trader = useTrader();
    const [side, setSide] = useState<Side>("long");
    const [text, setText] = useState("");
    const [part, setPart] = useState(0);
    const [reduceOnly, setReduceOnly] = useState(false);
    const [slippage, setSlippage] = useState<(typeof SLIPPAGES)[number]["value"]>("10000");

    const decimals = figures?.sizeDecimals ?? 3;
    const long = side === "long";
    const size = parseDecimal(text, decimals);
    const lots = size === undefined ? undefined : long ? size : -size;
    const margin = account?.address;
    const limit = useAnswer(venue => venue.limitFor(market.address, long, Number(slippage)), [market.address, long, slippage]);
    const preview = useAnswer(
        venue => (lots && limit ? venue.preview(margin, market.address, lots, limit, reduceOnly) : undefined),
        [margin, market.address, lots, limit, reduceOnly],
    );
    const largest = useAnswer(
        venue => (margin ? venue.largest(margin, market.address, long) : undefined),
        [margin, market.address, long],
    );

    const slide = (percentage: number) => {
        setPart(percentage);
        if (!margin) return;
        const lotsOfPart = store.ask(venue => venue.partOfLargest(margin, market.address, long, percentage * 10_000));
        if (lotsOfPart !== undefined) setText(lotsOfPart === 0n ? "" : plain(lotsOfPart, decimals));
    };
    const problem = text !== "" && size === undefined ? `A number with at most ${decimals} decimals.` : undefined;
    const submit = async (event: FormEvent) => {
        event.preventDefault();
        if (!trader || !lots || !limit) return;
        const what = `${long ? "Long" : "Short"} ${decimal(size, decimals)} ${market.name}`;
        const placing = { market: market.address, lots, limit, reduceOnly };
        const placed = await run(what, "Requested: it executes at the next price.", step =>
            trader.send(trader.actions.order(placing), step),
        );
        if (placed) {
            setText("");
            setPart(0);
        }
    };
    return (
        <form className="stack" onSubmit={event => void submit(event)}>
            <Choice label="Side" onChange={value => (setSide(value), setPart(0))} options={SIDES} value={side} />
            <NumberField
                error={problem}
                hint={largest === undefined ? undefined : `Largest now: ${decimal(largest, decimals)} ${market.name}`}
                label="Size"
                onChange={value => (setText(value), setPart(0))}
                onMost={largest ? () => slide(100) : undefined}
                unit={market.name}
                value={text}
            />
            <Slider
                label="Part of the largest size"
                least={0}
                marks={[0, 25, 50, 75, 100].map(at => ({ at, text: `${at}%` }))}
                most={100}
                onChange={slide}
                step={1}
                text={`${part} per cent of the largest size`}
                value={part}
            />
            <div>
                <span className="label">Largest slippage</span>
                <Choice label="Largest slippage" onChange={setSlippage} options={SLIPPAGES} small value={slippage} />
            </div>
            <Check checked={reduceOnly} label="Reduce only" onChange={setReduceOnly} />
            <PreviewFigures
                account={account}
                figures={figures}
                leg={account?.legs.find(leg => leg.market === market.address)}
                limit={limit}
                preview={preview}
            />
            <Submit
                allowed={preview !== undefined && !preview.refusal && problem === undefined}
                busy={busy}
                reason={preview?.refusal?.sentence ?? (lots ? undefined : "Enter a size.")}
                side={side}
                text={`${long ? "Long" : "Short"} ${size ? `${decimal(size, decimals)} ` : ""}${market.name}`}
            />
        </form>
    );
}

function ByRisk({ market, figures, account }: Given) {
    const { store } = useCore();
    const { run, busy } = useTasks();
    const trader = useTrader();
    const [risked, setRisked] = useState("100");
    const [stopped, setStopped] = useState("");
    const [slippage, setSlippage] = useState<(typeof SLIPPAGES)[number]["value"]>("10000");
    const decimals = figures?.priceDecimals ?? 2;
    const risk = parseDecimal(risked, 6);
    const stop = parseDecimal(stopped, decimals);
    const long = figures !== undefined && stop !== undefined && stop < figures.price;
    const margin = account?.address;

    const limits = useAnswer(
        venue =>
            stop
                ? ([
                      venue.limitFor(market.address, long, Number(slippage)),
                      venue.limitAround(market.address, stop, !long, 50_000),
                  ] as const)
                : undefined,
        [market.address, stop, long, slippage],
    );
    const sized = useAnswer(
        venue => (risk && stop && limits ? venue.atRisk(margin, market.address, risk, stop, limits[0], limits[1]) : undefined),
        [margin, market.address, risk, stop, limits?.[0], limits?.[1]],
    );
    const near = (away: number) => {
        const price = store.ask(venue => venue.limitFor(market.address, away > 0, Math.abs(away)));
        if (price !== undefined) setStopped(plain(price, decimals));
    };
    const refusal = sized?.refusal ?? sized?.preview?.refusal;
    const submit = async (event: FormEvent) => {
        event.preventDefault();
        if (!trader || !risk || !stop || !limits || !sized?.size) return;
        const what = `${long ? "Long" : "Short"} ${market.name}, ${dollars(risk)} at risk`;
        const instructions = trader.actions.openAtRisk(market.address, risk, stop, limits[0], limits[1]);
        const placed = await run(what, "Requested, with its stop.", step => trader.send(instructions, step));
        if (placed) setStopped("");
    };
    const size = sized?.size;
    return (
        <form className="stack" onSubmit={event => void submit(event)}>
            <NumberField
                hint="The most you lose if the stop is hit, all costs included."
                label="Risk"
                onChange={setRisked}
                unit="USD"
                value={risked}
            />
            <NumberField
                hint={
                    <span className="row">
                        {[-20_000, -10_000, 10_000, 20_000].map(away => (
                            <button className="link" key={away} onClick={() => near(away)} type="button">
                                {percent(away, { places: 0, least: 0, plus: true })}
                            </button>
                        ))}
                        <span>from the price. Below it opens a long, above it a short.</span>
                    </span>
                }
                label="Stop"
                onChange={setStopped}
                unit="USD"
                value={stopped}
            />
            <div>
                <span className="label">Largest slippage</span>
                <Choice label="Largest slippage" onChange={setSlippage} options={SLIPPAGES} small value={slippage} />
            </div>
            {size && (
                <p className="sized">
                    <span className={long ? "up" : "down"}>
                        <Icon name={long ? "up" : "down"} /> {long ? "Long" : "Short"}
                    </span>
                    <strong>
                        {decimal(size.lots < 0n ? -size.lots : size.lots, figures?.sizeDecimals ?? 3)} {market.name}
                    </strong>
                    <span className="muted">
                        loses {dollars(size.loss)} at the stop
                        {size.bound === "risk"
                            ? ""
                            : size.bound === "positionCap"
                              ? ": bounded by the cap for one account"
                              : ": bounded by the side's cap"}
                    </span>
                </p>
            )}
            <PreviewFigures account={account} figures={figures} leg={undefined} limit={limits?.[0]} preview={sized?.preview} />
            <Submit
                allowed={size !== undefined && refusal === undefined}
                busy={busy}
                reason={refusal?.sentence ?? (stop ? (risk ? undefined : "Enter a risk.") : "Enter a stop.")}
                side={long || !stop ? "long" : "short"}
                text={size ? `Open ${long ? "long" : "short"} with stop` : "Open with stop"}
            />
        </form>
    );
}

const SIDES = [
    {
        value: "long",
        text: (
            <>
                <Icon name="up" size={15} /> Long
            </>
        ),
        className: "long",
    },
    {
        value: "short",
        text: (
            <>
                <Icon name="down" size={15} /> Short
            </>
        ),
        className: "short",
    },
] as const;

function Submit({
    side,
    text,
    allowed,
    reason,
    busy,
}: {
    readonly side: Side;
    readonly text: string;
    readonly allowed: boolean;
    readonly reason: string | undefined;
    readonly busy: boolean;
}) {
    const { wallet, viewOnly } = useWallet();
    const { store } = useCore();
    const { market } = useRoute();
    const exists = store.has(store.mine?.margin);
    const why = viewOnly ? "You are only looking." : !wallet ? "Connect a wallet to trade." : !exists ? undefined : reason;
    return (
        <div className="stack tight">
            <button
                aria-describedby="why-off"
                className={`button wide ${side === "long" ? "buy" : "sell"}`}
                disabled={!allowed || busy || !wallet || viewOnly || !exists}
                type="submit"
            >
                {text}
            </button>
            <div aria-live="polite" id="why-off">
                {wallet && !viewOnly && !exists ? (
                    <Note tone="care">
                        You have no account here yet.{" "}
                        <a className="link" href={hrefOf({ page: "account", market })}>
                            Deposit first
                        </a>
                        .
                    </Note>
                ) : why ? (
                    <Note tone={reason && wallet && !viewOnly && !/^Enter/.test(reason) ? "bad" : "plain"}>{why}</Note>
                ) : null}
            </div>
        </div>
    );
}
