// Transactions under way, at the edge of the page.
import { useTasks } from "../core/tasks";
import { Icon } from "./icon";

const STEPS = {
    checking: "Simulating it first",
    signing: "Waiting for your wallet",
    sending: "Sending",
    confirming: "Waiting for the network",
} as const;

export function Notices() {
    const { tasks, dismiss } = useTasks();
    return (
        <ol aria-live="polite" className="notices">
            {tasks.map(task => (
                <li className={`notice ${task.state}`} key={task.id}>
                    {task.state === "running" && <Icon className="spin" name="wait" />}
                    {task.state === "done" && <Icon name="check" />}
                    {task.state === "failed" && <Icon name="alert" />}
                    <div>
                        <strong>{task.title}</strong>
                        <p>{task.step ? `${STEPS[task.step]}\u2026` : task.sentence}</p>
                        {task.signature && <p className="mono muted">{task.signature.slice(0, 20)}…</p>}
                    </div>
                    {task.state !== "running" && (
                        <button aria-label="Dismiss" onClick={() => dismiss(task.id)} type="button">
                            <Icon name="close" size={16} />
                        </button>
                    )}
                </li>
            ))}
        </ol>
    );
}
