// The few instructions of the system and token programs that the page sends.
import { ASSOCIATED_TOKEN_PROGRAM } from "@plimsoll/client";
import { AccountRole, type Address, getU32Encoder, getU64Encoder, type Instruction } from "@solana/kit";

const SYSTEM_PROGRAM = "11111111111111111111111111111111" as Address;

/** Creates the token account of an owner, unless it is there. */
export function createTokenAccount(payer: Address, owner: Address, token: Address, mint: Address, program: Address): Instruction {
    return {
        programAddress: ASSOCIATED_TOKEN_PROGRAM,
        accounts: [
            { address: payer, role: AccountRole.WRITABLE_SIGNER },
            { address: token, role: AccountRole.WRITABLE },
            { address: owner, role: AccountRole.READONLY },
            { address: mint, role: AccountRole.READONLY },
            { address: SYSTEM_PROGRAM, role: AccountRole.READONLY },
            { address: program, role: AccountRole.READONLY },
        ],
        data: new Uint8Array([1]),
    };
}

/** Mints tokens: `MintTo` of either token program. */
export function mintTo(authority: Address, mint: Address, token: Address, amount: bigint, program: Address): Instruction {
    return {
        programAddress: program,
        accounts: [
            { address: mint, role: AccountRole.WRITABLE },
            { address: token, role: AccountRole.WRITABLE },
            { address: authority, role: AccountRole.READONLY_SIGNER },
        ],
        data: Uint8Array.from([7, ...getU64Encoder().encode(amount)]),
    };
}

/** Moves lamports: the system program's `Transfer`. */
export function transferLamports(from: Address, to: Address, lamports: bigint): Instruction {
    return {
        programAddress: SYSTEM_PROGRAM,
        accounts: [
            { address: from, role: AccountRole.WRITABLE_SIGNER },
            { address: to, role: AccountRole.WRITABLE },
        ],
        data: Uint8Array.from([...getU32Encoder().encode(2), ...getU64Encoder().encode(lamports)]),
    };
}
