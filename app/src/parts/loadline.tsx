// Equity against both margins, as a ship's load line: how much water there is below the marks.
//
// The bar is a drawing of numbers that stand beside it as text.
import { dollars } from "../core/format";
import type { AccountState } from "../core/engine";

type Marks = {
    readonly equity: bigint;
    readonly maintenance: bigint;
    readonly initial: bigint | undefined;
    readonly state: AccountState;
};

/** Where a value is drawn, in per cent of the bar. */
function place(value: bigint, most: bigint): number {
    if (most <= 0n) return 0;
    return Math.max(0, Math.min(100, Number((value * 10_000n) / most) / 100));
}

const SAID: Readonly<Record<AccountState, string>> = {
    healthy: "Healthy",
    belowInitial: "Below initial margin: you can only reduce",
    liquidatable: "Below maintenance: anyone may liquidate",
    bankrupt: "Bankrupt",
};

export function LoadLine({ equity, maintenance, initial, state }: Marks) {
    const mark = initial ?? maintenance;
    // There is room above the water, and both marks stay within the left half.
    const most = [(equity * 5n) / 4n, mark * 2n, 1n].reduce((a, b) => (a > b ? a : b));
    const [atEquity, atMaintenance, atInitial] = [place(equity, most), place(maintenance, most), place(mark, most)];
    const tone = state === "healthy" ? "" : state === "belowInitial" ? "care" : "bad";
    return (
        <figure className="loadline">
            <div
                aria-label={`${SAID[state]}. Equity ${dollars(equity)}, maintenance margin ${dollars(maintenance)}, initial margin ${dollars(initial)}`}
                className={`hull ${tone}`}
                role="img"
            >
                <i className="water" style={{ width: `${atEquity}%` }} />
                {maintenance > 0n && <i className="mark bad" style={{ left: `${atMaintenance}%` }} />}
                {initial !== undefined && initial > 0n && <i className="mark" style={{ left: `${atInitial}%` }} />}
            </div>
            <dl className="legend">
                <div>
                    <dt>
                        <i className="key water" /> Equity
                    </dt>
                    <dd>{dollars(equity)}</dd>
                </div>
                <div>
                    <dt>
                        <i className="key line" /> Initial
                    </dt>
                    <dd>{dollars(initial)}</dd>
                </div>
                <div>
                    <dt>
                        <i className="key line bad" /> Maintenance
                    </dt>
                    <dd>{dollars(maintenance)}</dd>
                </div>
            </dl>
        </figure>
    );
}

export function stateTone(state: AccountState): "good" | "care" | "bad" {
    return state === "healthy" ? "good" : state === "belowInitial" ? "care" : "bad";
}

export function stateText(state: AccountState): string {
    return SAID[state];
}
