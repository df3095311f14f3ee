// Money out, and why not more.
import { type FormEvent, useState } from "react";

import { useAnswer } from "../../core/context";
import type { AccountFigures } from "../../core/engine";
import { dollars, parseDecimal, plain, time } from "../../core/format";
import { useTasks } from "../../core/tasks";
import { useTrader } from "../../core/trader";
import { BOUNDS } from "../../core/words";
import { Panel } from "../../parts/basics";
import { NumberField } from "../../parts/fields";

export function Withdraw({ account }: { readonly account: AccountFigures }) {
    const trader = useTrader();
    const { run, busy } = useTasks();
    const [text, setText] = useState("");
    const amount = parseDecimal(text, 6);
    const { amount: most, bound, moreAt } = account.withdrawable;
    const refusal = useAnswer(
        venue => (amount ? venue.withdrawal(account.address, amount) : undefined),
        [account.address, amount],
    );
    const problem = text !== "" && amount === undefined ? "An amount with at most 6 decimals." : refusal?.sentence;
    const submit = async (event: FormEvent) => {
        event.preventDefault();
        if (!trader || !amount) return;
        const done = "The money is in your wallet.";
        if (
            await run(`Withdraw ${dollars(amount)}`, done, async step => trader.send(await trader.actions.withdraw(amount), step))
        )
            setText("");
    };
    return (
        <Panel title="Withdraw">
            <form className="stack" onSubmit={event => void submit(event)}>
                <NumberField
                    error={problem}
                    hint={
                        <>
                            You can take {dollars(most)}. {BOUNDS[bound]}
                            {moreAt !== undefined && ` More from ${time(moreAt)} on.`}
                        </>
                    }
                    label="Amount"
                    onChange={setText}
                    onMost={most > 0n ? () => setText(plain(most, 6)) : undefined}
                    unit="USD"
                    value={text}
                />
                <button className="button" disabled={!amount || problem !== undefined || busy} type="submit">
                    Withdraw
                </button>
            </form>
        </Panel>
    );
}
