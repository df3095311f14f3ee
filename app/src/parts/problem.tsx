// The page cannot start.
import { Mark } from "./icon";

export function Problem({ error }: { readonly error: unknown }) {
    return (
        <main className="problem">
            <Mark size={44} />
            <h1>Plimsoll cannot start</h1>
            <p>{error instanceof Error ? error.message : String(error)}</p>
            <button className="button" onClick={() => location.reload()} type="button">
                Try again
            </button>
        </main>
    );
}
