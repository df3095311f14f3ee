// The markets of an account's legs, which instructions take after the accounts that they name.
//
// All of them must be there, in the order of the legs; a market that the instruction names is not passed again.
import { type AccountMeta, AccountRole, type Address, type Instruction } from "@solana/kit";

import type { MarginAccount } from "./generated";

const NONE = "11111111111111111111111111111111" as Address;

/** The markets of the legs in use, in their order, but for the one that the instruction names. */
export function legMarkets(account: Pick<MarginAccount, "legs">, named?: Address): Address[] {
    return account.legs.map(leg => leg.market).filter(market => market !== NONE && market !== named);
}

/** An instruction with markets after its accounts. */
export function withLegs<T extends Instruction>(instruction: T, markets: readonly Address[], writable = false): Instruction {
    const role = writable ? AccountRole.WRITABLE : AccountRole.READONLY;
    const legs = markets.map((address): AccountMeta => ({ address, role }));
    return { ...instruction, accounts: [...(instruction.accounts ?? []), ...legs] };
}

/** Instructions that take the other legs' markets to read: those that they name are left out. */
export const READS_OTHER_LEGS = ["execute", "flag", "openAtRisk", "order", "protect", "viewLiquidationPrice"] as const;

/** Instructions that take the markets of all legs to read. */
export const READS_ALL_LEGS = ["viewAccount", "withdraw"] as const;

/** An instruction that names a market, with the account's other legs. */
export function beside<T extends Instruction>(
    instruction: T,
    account: Pick<MarginAccount, "legs">,
    market: Address,
    writable = false,
): Instruction {
    return withLegs(instruction, legMarkets(account, market), writable);
}

/** An instruction that names no market, with all legs of the account. */
export function overAll<T extends Instruction>(
    instruction: T,
    account: Pick<MarginAccount, "legs">,
    writable = false,
): Instruction {
    return withLegs(instruction, legMarkets(account), writable);
}
