// Tokens that are worth nothing, on a local network.
import { fund } from "../../core/actions";
import { useCore } from "../../core/context";
import { useTasks } from "../../core/tasks";
import { useWallet } from "../../wallet/context";
import { Panel, Pill } from "../../parts/basics";

/** Ten thousand. */
const AMOUNT = 10_000_000_000n;

export function Faucet() {
    const { store } = useCore();
    const { wallet } = useWallet();
    const { run, busy } = useTasks();
    const ask = () =>
        wallet &&
        run("Faucet", "10,000 test USD and SOL for fees are in your wallet.", step => fund(store, wallet.address, AMOUNT, step));
    return (
        <Panel end={<Pill tone="care">Local network</Pill>} title="Faucet">
            <div className="stack tight">
                <p className="muted">Test USD and SOL for fees. They are worth nothing.</p>
                <button className="button" disabled={busy} onClick={() => void ask()} type="button">
                    Get $10,000 and SOL
                </button>
            </div>
        </Panel>
    );
}
