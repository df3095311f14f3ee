// Addresses that the IDL does not derive: those whose seeds the program looks up itself.
import {
    type Address,
    getAddressEncoder,
    getProgramDerivedAddress,
    getU16Encoder,
    getU64Encoder,
    type ReadonlyUint8Array,
} from "@solana/kit";

import { PLIMSOLL_PROGRAM_ADDRESS } from "./generated";

const bytes = getAddressEncoder();

async function derive(...seeds: (ReadonlyUint8Array | string)[]): Promise<Address> {
    const [address] = await getProgramDerivedAddress({ programAddress: PLIMSOLL_PROGRAM_ADDRESS, seeds });
    return address;
}

/** A market of an exchange, by its index. */
export function findMarketAddress(exchange: Address, index: number): Promise<Address> {
    return derive("market", bytes.encode(exchange), getU16Encoder().encode(index));
}

/** A margin account of an owner, by its index. */
export function findMarginAddress(exchange: Address, owner: Address, index = 0): Promise<Address> {
    return derive("margin", bytes.encode(exchange), bytes.encode(owner), getU16Encoder().encode(index));
}

/** An owner's shares in a pool: a market or the insurance fund. */
export function findSharesAddress(pool: Address, owner: Address): Promise<Address> {
    return derive("shares", bytes.encode(pool), bytes.encode(owner));
}

/** What a margin account lets a venue buy, or sell, in a market. */
export function findGrantAddress(margin: Address, venue: Address, market: Address, buys: boolean): Promise<Address> {
    return derive("venue", bytes.encode(margin), bytes.encode(venue), bytes.encode(market), new Uint8Array([buys ? 1 : 0]));
}

/** A proposal of an exchange, by its sequence. */
export function findProposalAddress(exchange: Address, sequence: bigint): Promise<Address> {
    return derive("proposal", bytes.encode(exchange), getU64Encoder().encode(sequence));
}

/** The token account of an owner that wallets show: of a mint, under its token program. */
export async function findTokenAddress(owner: Address, mint: Address, tokenProgram: Address): Promise<Address> {
    const [address] = await getProgramDerivedAddress({
        programAddress: ASSOCIATED_TOKEN_PROGRAM,
        seeds: [bytes.encode(owner), bytes.encode(tokenProgram), bytes.encode(mint)],
    });
    return address;
}

/** The program that makes such token accounts. */
export const ASSOCIATED_TOKEN_PROGRAM = "ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL" as Address;
