// Account: money in and out, health against both margins, and what other prices would do.
import { useAccount, useCore, useVersion } from "../../core/context";
import type { AccountFigures } from "../../core/engine";
import { decimal, dollars, percent } from "../../core/format";
import { useTrader } from "../../core/trader";
import { useWallet } from "../../wallet/context";
import { AddressText, Empty, Figure, Note, Panel, Pill, Signed } from "../../parts/basics";
import { LoadLine, stateText, stateTone } from "../../parts/loadline";
import { WalletMenu } from "../../parts/walletmenu";
import { Activity } from "../trade/activity";
import { Deposit } from "./deposit";
import { Faucet } from "./faucet";
import { LegMargins } from "./margins";
import { WhatIf } from "./whatif";
import { Withdraw } from "./withdraw";

export function AccountPage() {
    const { store } = useCore();
    const { shown, viewOnly } = useWallet();
    const account = useAccount();
    const trader = useTrader();
    useVersion();
    if (!shown) {
        return (
            <section className="panel">
                <Empty title="No wallet is connected">
                    <p>
                        Connect one to deposit and trade. To look at somebody&rsquo;s account, add ?view=address to the
                        page&rsquo;s address.
                    </p>
                    <WalletMenu />
                </Empty>
            </section>
        );
    }
    return (
        <div className="columns account">
            <div className="area-summary">{account ? <Summary account={account} /> : <NoAccount viewOnly={viewOnly} />}</div>
            <div className="area-rest stack">
                {account && account.legs.length > 0 && <WhatIf account={account} />}
                <Activity account={account} />
                {account && account.legs.length > 0 && <LegMargins account={account} />}
            </div>
            <div className="area-money stack">
                <Panel title="Wallet">
                    <Purse />
                </Panel>
                {trader && store.network.faucet && <Faucet />}
                {trader && <Deposit />}
                {trader && account && <Withdraw account={account} />}
                {!trader && !viewOnly && <Note>Waiting for the account to be read.</Note>}
            </div>
        </div>
    );
}

function NoAccount({ viewOnly }: { readonly viewOnly: boolean }) {
    return (
        <section className="panel">
            <Empty title="No margin account">
                <p>
                    {viewOnly ? "This address has no margin account on this exchange." : "It is opened with your first deposit."}
                </p>
            </Empty>
        </section>
    );
}

function Summary({ account }: { readonly account: AccountFigures }) {
    return (
        <Panel
            end={
                <>
                    {account.flagged && (
                        <Pill icon="alert" tone="bad">
                            Flagged for liquidation
                        </Pill>
                    )}
                    <Pill icon={account.state === "healthy" ? "check" : "alert"} tone={stateTone(account.state)}>
                        {stateText(account.state)}
                    </Pill>
                </>
            }
            title="Margin account"
        >
            <div className="stack">
                <div className="row between">
                    <dl className="stat">
                        <dt>Equity</dt>
                        <dd className="big">{dollars(account.equity)}</dd>
                    </dl>
                    <dl className="stat">
                        <dt>Health</dt>
                        <dd className="big">
                            {account.healthPpm === undefined ? "No risk" : percent(account.healthPpm, { places: 0, least: 0 })}
                        </dd>
                    </dl>
                </div>
                <LoadLine
                    equity={account.equity}
                    initial={account.initial}
                    maintenance={account.maintenance}
                    state={account.state}
                />
                {account.flagged && (
                    <Note live tone="bad">
                        This account is in a liquidation queue. It can neither withdraw nor add risk until it is found healthy:
                        deposit or reduce.
                    </Note>
                )}
                <dl className="figures two">
                    <Figure label="Cash">{dollars(account.cash)}</Figure>
                    <Figure label="Unrealised">
                        <Signed value={account.pnl}>{dollars(account.pnl, { plus: true })}</Signed>
                    </Figure>
                    <Figure label="Held for orders">{dollars(account.escrow)}</Figure>
                    <Figure label="Free for new risk">{dollars(account.free)}</Figure>
                    <Figure label="Value of positions">{dollars(account.notional)}</Figure>
                    <Figure label="Leverage">
                        {account.leveragePercent === undefined
                            ? "\u2013"
                            : `${decimal(BigInt(account.leveragePercent), 2, { least: 2 })}×`}
                    </Figure>
                </dl>
                <p className="muted">
                    Account <AddressText address={account.address} />
                </p>
            </div>
        </Panel>
    );
}

function Purse() {
    const { store } = useCore();
    useVersion();
    const { owner } = store;
    const { tokens, lamports } = store.purse();
    return (
        <dl className="figures">
            <Figure label="Owner">{owner && <AddressText address={owner} />}</Figure>
            <Figure label="USD in the wallet">{dollars(tokens ?? 0n)}</Figure>
            <Figure label="SOL for fees">{lamports === undefined ? "\u2013" : decimal(lamports, 9, { places: 4 })}</Figure>
        </dl>
    );
}
