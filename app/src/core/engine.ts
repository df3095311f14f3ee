// The engine: the same source as the chain's, in WebAssembly.
import init, { Venue } from "@plimsoll/engine";
import wasm from "../../../target/wasm/engine_bg.wasm?url";

export type {
    AccountFigures,
    AccountState,
    AtRisk,
    FillFigures,
    InsuranceFigures,
    LegFigures,
    MarketFigures,
    MarketInsurance,
    MarketStatus,
    OrderFigures,
    Preview,
    QueueFigures,
    QueueRow,
    Reason,
    WithdrawBound,
} from "@plimsoll/engine";
export { Venue };

let loaded: Promise<Venue> | undefined;

/** The one venue of the page, when the engine is there. */
export function loadVenue(): Promise<Venue> {
    loaded ??= init({ module_or_path: wasm }).then(() => new Venue());
    return loaded;
}
