// Why a transaction failed, as a sentence.
import { SENTENCES } from "./generated/sentences";

/** What a person is told of a failure. */
export type Failure = {
    /** The program's error code, where it was the program that refused. */
    readonly code?: number;
    readonly sentence: string;
};

const RUNTIME: Readonly<Record<string, string>> = {
    AccountNotFound: "The wallet that pays has no SOL on this network.",
    AlreadyProcessed: "This transaction was processed already.",
    BlockhashNotFound: "The transaction was too old for the network: try again.",
    InsufficientFundsForFee: "The wallet has too little SOL for the network's fee.",
    InsufficientFundsForRent: "The wallet has too little SOL for a new account's rent.",
};

const INSTRUCTION: Readonly<Record<string, string>> = {
    AccountAlreadyInitialized: "The account exists already.",
    ComputationalBudgetExceeded: "The transaction took more compute units than it asked for.",
    InsufficientFunds: "There are not enough funds.",
    InvalidAccountOwner: "An account is owned by another program than it should be.",
    InvalidAccountData: "An account holds something else than it should.",
    MissingRequiredSignature: "A signature is missing.",
    ProgramFailedToComplete: "A program ran out of compute units or memory.",
    UninitializedAccount: "An account that is needed does not exist.",
};

/** Of the system and token programs: both number their errors from zero, and the second of them says the same. */
const SMALL: Readonly<Record<number, string>> = {
    0: "An account that is to be created exists already, or lacks the rent.",
    1: "There are not enough tokens or SOL for this.",
};

/** The sentence of an error code of the program. */
export function sentenceOf(code: number): string | undefined {
    return SENTENCES[code];
}

function entry(value: unknown): [string, unknown] | undefined {
    return typeof value === "object" && value !== null && !Array.isArray(value)
        ? (Object.entries(value)[0] as [string, unknown] | undefined)
        : undefined;
}

/** What the `err` of a transaction, a simulation or a status means. */
export function explain(error: unknown): Failure {
    if (typeof error === "string") return { sentence: RUNTIME[error] ?? `The network refused: ${error}.` };
    const [name, inner] = entry(error) ?? [];
    if (name !== "InstructionError" || !Array.isArray(inner)) {
        return { sentence: (name !== undefined && RUNTIME[name]) || `The network refused${name ? `: ${name}` : ""}.` };
    }
    const reason: unknown = inner[1];
    if (typeof reason === "string") return { sentence: INSTRUCTION[reason] ?? `An instruction failed: ${reason}.` };
    const [kind, value] = entry(reason) ?? [];
    const code = Number(value);
    if (kind !== "Custom" || !Number.isInteger(code)) return { sentence: `An instruction failed: ${kind ?? "unknown"}.` };
    const sentence = sentenceOf(code);
    return sentence === undefined ? { sentence: SMALL[code] ?? `An instruction failed with error ${code}.` } : { code, sentence };
}
