// The pages within their contexts.
import { type ComponentProps, lazy, Suspense } from "react";

import { CoreContext } from "./core/context";
import { type Page, useRoute } from "./core/route";
import { TaskProvider } from "./core/tasks";
import { AccountPage } from "./pages/account/page";
import { TradePage } from "./pages/trade/page";
import { Frame } from "./parts/frame";
import { WalletProvider } from "./wallet/context";

const LiquidationsPage = lazy(() => import("./pages/liquidations/page"));
const SafetyPage = lazy(() => import("./pages/safety/page"));

const SHOWN = { trade: TradePage, account: AccountPage, liquidations: LiquidationsPage, safety: SafetyPage } satisfies Record<
    Page,
    unknown
>;

function Shown() {
    const { page } = useRoute();
    const Chosen = SHOWN[page];
    return (
        <Suspense fallback={<p className="muted">Loading…</p>}>
            <Chosen />
        </Suspense>
    );
}

export function App({ core }: { readonly core: ComponentProps<typeof CoreContext>["value"] }) {
    return (
        <CoreContext value={core}>
            <WalletProvider>
                <TaskProvider>
                    <Frame>
                        <Shown />
                    </Frame>
                </TaskProvider>
            </WalletProvider>
        </CoreContext>
    );
}
