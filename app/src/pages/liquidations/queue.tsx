// A market's queue, in the order in which its accounts go.
import { memo, useState } from "react";

import { useAnswer, useCore, useVersion } from "../../core/context";
import type { QueueRow } from "../../core/engine";
import { dollars, percent, seconds, shortDollars } from "../../core/format";
import { useFigures } from "../../core/market";
import type { NetworkMarket } from "../../core/network";
import { isStale } from "../../core/words";
import { AddressText, Empty, Panel, Pill } from "../../parts/basics";

/** Rows that are shown at first. */
const FIRST = 25;

export function MarketQueue({ market }: { readonly market: NetworkMarket }) {
    const { store } = useCore();
    useVersion();
    const queue = useAnswer(venue => venue.queue(market.address), [market.address]);
    const figures = useFigures(market.address);
    const [all, setAll] = useState(false);
    const rows = queue ? (all ? queue.rows : queue.rows.slice(0, FIRST)) : [];
    const now = store.clock.now().time;
    return (
        <Panel
            end={
                queue && (
                    <>
                        {isStale(figures) && <Pill tone="care">Stale price</Pill>}
                        <Pill tone={queue.hasCapacity ? "plain" : "care"}>
                            {queue.hasCapacity ? `${shortDollars(figures?.capacity)} capacity` : "Capacity used up"}
                        </Pill>
                        <Pill tone={queue.rows.length > 0 ? "bad" : "good"}>
                            {queue.rows.length} of {queue.capacity}
                        </Pill>
                    </>
                )
            }
            flush
            title={`${market.name} queue`}
        >
            {!queue ? (
                <Empty title="Not read yet" />
            ) : queue.rows.length === 0 ? (
                <Empty title="Nobody waits">
                    <p>No account is flagged in this market.</p>
                </Empty>
            ) : (
                <div className="scroll queue" tabIndex={0}>
                    <table className="grid">
                        <thead>
                            <tr>
                                <th scope="col">#</th>
                                <th className="left" scope="col">
                                    Account
                                </th>
                                <th scope="col">Key</th>
                                <th scope="col" title="The key over the largest that counts">
                                    Share
                                </th>
                                <th scope="col">Flagged for</th>
                                <th className="left" scope="col">
                                    State
                                </th>
                            </tr>
                        </thead>
                        <tbody>
                            {rows.map((row, at) => (
                                <Row
                                    at={at}
                                    flagged={Math.max(0, Number(now - row.firstTime))}
                                    isMine={row.account === store.mine?.margin}
                                    isNext={row.account === queue.next}
                                    key={row.account}
                                    row={row}
                                />
                            ))}
                        </tbody>
                    </table>
                    {queue.rows.length > rows.length && (
                        <p className="more">
                            <button className="button small" onClick={() => setAll(true)} type="button">
                                Show all {queue.rows.length}
                            </button>
                        </p>
                    )}
                </div>
            )}
        </Panel>
    );
}

type Shown = {
    readonly row: QueueRow;
    readonly at: number;
    readonly isNext: boolean;
    readonly isMine: boolean;
    readonly flagged: number;
};

const Row = memo(
    function Row({ row, at, isNext, isMine, flagged }: Shown) {
        return (
            <tr className={`${isNext ? "first" : ""} ${isMine ? "mine" : ""}`}>
                <td>{at + 1}</td>
                <td className="left">
                    <AddressText address={row.account} copies={false} link /> {isMine && <Pill tone="care">You</Pill>}
                </td>
                <td>{dollars(row.key)}</td>
                <td>{row.counts ? percent(row.keyPpm, { places: 1, least: 1 }) : "\u2013"}</td>
                <td>{seconds(flagged)}</td>
                <td className="left">
                    {isNext ? (
                        <Pill icon="alert" tone="bad">
                            Next
                        </Pill>
                    ) : row.allowed ? (
                        <Pill tone="care">May go</Pill>
                    ) : row.counts ? (
                        <Pill>Waits</Pill>
                    ) : (
                        <Pill>Not yet</Pill>
                    )}
                </td>
            </tr>
        );
    },
    (one, other) =>
        one.at === other.at &&
        one.isNext === other.isNext &&
        one.isMine === other.isMine &&
        one.flagged === other.flagged &&
        one.row.account === other.row.account &&
        one.row.key === other.row.key &&
        one.row.keyPpm === other.row.keyPpm &&
        one.row.counts === other.row.counts &&
        one.row.allowed === other.row.allowed,
);
