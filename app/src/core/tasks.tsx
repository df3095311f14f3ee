// Transactions that are under way or have ended, as notices.
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from "react";

import { Failed, type Sent, type Step } from "./send";

export type Task = {
    readonly id: number;
    readonly title: string;
    readonly state: "running" | "done" | "failed";
    readonly step: Step | undefined;
    /** What happened, as a sentence. */
    readonly sentence: string | undefined;
    readonly signature: string | undefined;
};

type Tasks = {
    readonly tasks: readonly Task[];
    readonly busy: boolean;
    /** Runs one; says whether it passed. */
    readonly run: (title: string, done: string, work: (step: (step: Step) => void) => Promise<Sent>) => Promise<boolean>;
    readonly dismiss: (id: number) => void;
};

const TaskContext = createContext<Tasks | undefined>(undefined);
/** How long the notice of a success stays, in milliseconds. */
const SHOWN = 7_000;
let last = 0;

export function useTasks(): Tasks {
    const tasks = useContext(TaskContext);
    if (!tasks) throw new Error("The page is outside its tasks' context.");
    return tasks;
}

export function TaskProvider({ children }: { readonly children: ReactNode }) {
    const [tasks, setTasks] = useState<readonly Task[]>([]);
    const dismiss = useCallback((id: number) => setTasks(all => all.filter(task => task.id !== id)), []);
    const change = useCallback(
        (id: number, part: Partial<Task>) => setTasks(all => all.map(task => (task.id === id ? { ...task, ...part } : task))),
        [],
    );
    const run = useCallback<Tasks["run"]>(
        async (title, done, work) => {
            const id = ++last;
            const running: Task = { id, title, state: "running", step: "checking", sentence: undefined, signature: undefined };
            setTasks(all => [...all.filter(task => task.state !== "failed"), running]);
            try {
                const { signature } = await work(step => change(id, { step }));
                change(id, { state: "done", step: undefined, sentence: done, signature });
                setTimeout(() => dismiss(id), SHOWN);
                return true;
            } catch (error) {
                const sentence = error instanceof Error ? error.message : String(error);
                const signature = error instanceof Failed ? error.signature : undefined;
                change(id, { state: "failed", step: undefined, sentence, signature });
                return false;
            }
        },
        [change, dismiss],
    );
    const value = useMemo(
        () => ({ tasks, busy: tasks.some(task => task.state === "running"), run, dismiss }),
        [tasks, run, dismiss],
    );
    return <TaskContext value={value}>{children}</TaskContext>;
}
