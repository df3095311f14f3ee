// Reads the network's description, loads the engine, and shows the page.
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/frame.css";
import "./styles/parts.css";
import "./styles/fields.css";
import "./styles/tables.css";
import "./styles/loadline.css";
import "./styles/notices.css";
import "./styles/pages.css";

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./app";
import { loadVenue } from "./core/engine";
import { History } from "./core/history";
import { readNetwork } from "./core/network";
import { VenueStore } from "./core/venue";
import { Problem } from "./parts/problem";

const root = createRoot(document.getElementById("root") as HTMLElement);

async function start(): Promise<void> {
    const [network, venue] = await Promise.all([readNetwork(), loadVenue()]);
    const store = new VenueStore(network, venue);
    const core = { store, history: new History(store) };
    root.render(
        <StrictMode>
            <App core={core} />
        </StrictMode>,
    );
}

start().catch((error: unknown) => root.render(<Problem error={error} />));
