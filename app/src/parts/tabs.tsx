// Tabs with the keys that people expect of them.
import { type KeyboardEvent, type ReactNode, useId, useState } from "react";

export function Tabs({
    label,
    tabs,
}: {
    readonly label: string;
    readonly tabs: readonly { readonly name: string; readonly count?: number; readonly content: ReactNode }[];
}) {
    const id = useId();
    const [chosen, setChosen] = useState(0);
    const move = (event: KeyboardEvent) => {
        const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
        if (by === 0) return;
        const next = (chosen + by + tabs.length) % tabs.length;
        setChosen(next);
        document.getElementById(`${id}-${next}`)?.focus();
    };
    return (
        <section className="panel">
            <div aria-label={label} className="tabs" onKeyDown={move} role="tablist">
                {tabs.map((tab, at) => (
                    <button
                        aria-controls={`${id}-panel`}
                        aria-selected={at === chosen}
                        id={`${id}-${at}`}
                        key={tab.name}
                        onClick={() => setChosen(at)}
                        role="tab"
                        tabIndex={at === chosen ? 0 : -1}
                        type="button"
                    >
                        {tab.name}
                        {tab.count ? <span className="count">{tab.count}</span> : null}
                    </button>
                ))}
            </div>
            <div aria-labelledby={`${id}-${chosen}`} id={`${id}-panel`} role="tabpanel" tabIndex={-1}>
                {tabs[chosen]?.content}
            </div>
        </section>
    );
}
