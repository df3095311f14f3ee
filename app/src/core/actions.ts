// What a trader does, as instructions.
import {
    beside,
    findTokenAddress,
    findVaultPda,
    getCancelInstruction,
    getDepositInstruction,
    getMarginAccountDecoder,
    getOpenAccountInstruction,
    getOpenAtRiskInstruction,
    getOrderInstruction,
    getWithdrawInstruction,
    type MarginAccount,
    overAll,
} from "@plimsoll/client";
import {
    type Address,
    createKeyPairFromBytes,
    createNoopSigner,
    getTransactionDecoder,
    getTransactionEncoder,
    type Instruction,
    partiallySignTransaction,
} from "@solana/kit";

import { type Sent, send, type Step } from "./send";
import { createTokenAccount, mintTo, transferLamports } from "./tokens";
import type { VenueStore } from "./venue";

type Legs = Pick<MarginAccount, "legs">;

/** An order as it is placed. */
export type Placing = {
    readonly market: Address;
    readonly lots: bigint;
    readonly limit: bigint;
    readonly reduceOnly: boolean;
    readonly trigger?: { readonly price: bigint; readonly above: boolean };
};

export class Actions {
    constructor(
        readonly store: VenueStore,
        readonly owner: Address,
        readonly margin: Address,
    ) {}

    /** The account's legs as they are now; none when there is no account. */
    #legs(): Legs {
        const data = this.store.data(this.margin);
        return data ? getMarginAccountDecoder().decode(data) : { legs: [] };
    }

    /** Puts tokens into the account, which is opened first where there is none. */
    async deposit(amount: bigint): Promise<Instruction[]> {
        const { exchange, quoteMint, tokenProgram } = this.store.network;
        const authority = createNoopSigner(this.owner);
        const [source, [vault]] = await Promise.all([
            findTokenAddress(this.owner, quoteMint, tokenProgram),
            findVaultPda({ exchange }),
        ]);
        const opening = getOpenAccountInstruction({ owner: authority, exchange, margin: this.margin, index: 0 });
        const deposit = getDepositInstruction({
            authority,
            exchange,
            margin: this.margin,
            source,
            vault,
            quoteMint,
            tokenProgram,
            amount,
        });
        return this.store.has(this.margin) ? [deposit] : [opening, deposit];
    }

    /** Takes collateral out into the owner's token account, which is created where there is none. */
    async withdraw(amount: bigint): Promise<Instruction[]> {
        const { exchange, quoteMint, tokenProgram } = this.store.network;
        const owner = createNoopSigner(this.owner);
        const [destination, [vault]] = await Promise.all([
            findTokenAddress(this.owner, quoteMint, tokenProgram),
            findVaultPda({ exchange }),
        ]);
        const withdrawal = getWithdrawInstruction({
            owner,
            exchange,
            margin: this.margin,
            destination,
            vault,
            quoteMint,
            tokenProgram,
            amount,
        });
        const account = createTokenAccount(this.owner, this.owner, destination, quoteMint, tokenProgram);
        return [account, overAll(withdrawal, this.#legs())];
    }

    order({ market, lots, limit, reduceOnly, trigger }: Placing): Instruction[] {
        const order = getOrderInstruction({
            authority: createNoopSigner(this.owner),
            margin: this.margin,
            market,
            lots,
            limit,
            reduceOnly,
            trigger: trigger?.price ?? 0n,
            triggerAbove: trigger?.above ?? false,
        });
        return [beside(order, this.#legs(), market)];
    }

    openAtRisk(market: Address, risk: bigint, stop: bigint, limit: bigint, stopLimit: bigint): Instruction[] {
        const authority = createNoopSigner(this.owner);
        const open = getOpenAtRiskInstruction({ authority, margin: this.margin, market, risk, stop, limit, stopLimit });
        return [beside(open, this.#legs(), market)];
    }

    cancel(market: Address, place: number): Instruction[] {
        return [getCancelInstruction({ authority: createNoopSigner(this.owner), margin: this.margin, market, place })];
    }
}

/** SOL and tokens that are worth nothing, on a local network. */
export async function fund(store: VenueStore, owner: Address, amount: bigint, step?: (step: Step) => void): Promise<Sent> {
    const { faucet, quoteMint, tokenProgram } = store.network;
    if (!faucet) throw new Error("This network has no faucet.");
    const keys = await createKeyPairFromBytes(faucet.secretKey);
    const token = await findTokenAddress(owner, quoteMint, tokenProgram);
    const source = {
        address: faucet.authority,
        sign: async (bytes: Uint8Array) => {
            const signed = await partiallySignTransaction([keys], getTransactionDecoder().decode(bytes));
            return Uint8Array.from(getTransactionEncoder().encode(signed));
        },
    };
    const instructions = [
        transferLamports(faucet.authority, owner, LAMPORTS),
        createTokenAccount(faucet.authority, owner, token, quoteMint, tokenProgram),
        mintTo(faucet.authority, quoteMint, token, amount, tokenProgram),
    ];
    return send(store, source, instructions, step);
}

/** Half a SOL: rent and fees for a long while. */
const LAMPORTS = 500_000_000n;
