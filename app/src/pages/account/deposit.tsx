// Money in.
import { type FormEvent, useState } from "react";

import { useCore, useVersion } from "../../core/context";
import { dollars, parseDecimal, plain } from "../../core/format";
import { useTasks } from "../../core/tasks";
import { useTrader } from "../../core/trader";
import { Panel } from "../../parts/basics";
import { NumberField } from "../../parts/fields";

export function Deposit() {
    const { store } = useCore();
    const trader = useTrader();
    const { run, busy } = useTasks();
    const [text, setText] = useState("");
    useVersion();
    const tokens = store.purse().tokens ?? 0n;
    const amount = parseDecimal(text, 6);
    const problem =
        text === ""
            ? undefined
            : amount === undefined
              ? "An amount with at most 6 decimals."
              : amount > tokens
                ? `Your wallet has ${dollars(tokens)}.`
                : undefined;
    const opens = !store.has(store.mine?.margin);
    const submit = async (event: FormEvent) => {
        event.preventDefault();
        if (!trader || !amount) return;
        const done = opens ? "Your account is open and the money is in it." : "The money is in your account.";
        if (await run(`Deposit ${dollars(amount)}`, done, async step => trader.send(await trader.actions.deposit(amount), step)))
            setText("");
    };
    return (
        <Panel title="Deposit">
            <form className="stack" onSubmit={event => void submit(event)}>
                <NumberField
                    error={problem}
                    hint={`In your wallet: ${dollars(tokens)}`}
                    label="Amount"
                    onChange={setText}
                    onMost={tokens > 0n ? () => setText(plain(tokens, 6)) : undefined}
                    unit="USD"
                    value={text}
                />
                <button className="button main" disabled={!amount || problem !== undefined || busy} type="submit">
                    {opens ? "Open an account and deposit" : "Deposit"}
                </button>
            </form>
        </Panel>
    );
}
