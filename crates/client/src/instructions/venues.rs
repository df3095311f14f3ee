//! Fills that a venue matched, and who may act for an account.

use solana_instruction::AccountMeta;

use super::{Build, SYSTEM_PROGRAM, encode, read, read_signer, readable, write, write_optional, write_signer};
use crate::wire::Address;

/// Lets a venue fill one side of a market for an account.
#[derive(Clone, Debug)]
pub struct GrantVenue {
    /// Owner of the margin account; pays.
    pub owner: Address,
    /// The margin account.
    pub margin: Address,
    /// The market.
    pub market: Address,
    /// The grant.
    pub grant: Address,
    /// Who signs fills.
    pub venue: Address,
    /// Whether the account buys.
    pub buys: bool,
    /// So many lots in all.
    pub lots: u64,
    /// Worst price in ticks.
    pub limit: u64,
    /// The last second at which it may be used.
    pub expires_at: i64,
}

impl Build for GrantVenue {
    const NAME: &'static str = "grant_venue";

    fn accounts(&self) -> Vec<AccountMeta> {
        vec![write_signer(self.owner), read(self.margin), read(self.market), write(self.grant), read(SYSTEM_PROGRAM)]
    }

    fn data(&self) -> Vec<u8> {
        encode(37, &(self.venue, self.buys, self.lots, self.limit, self.expires_at))
    }
}

/// Ends a grant.
#[derive(Clone, Debug)]
pub struct RevokeVenue {
    /// Who gave it.
    pub owner: Address,
    /// The grant.
    pub grant: Address,
}

impl Build for RevokeVenue {
    const NAME: &'static str = "revoke_venue";

    fn accounts(&self) -> Vec<AccountMeta> {
        vec![write_signer(self.owner), write(self.grant)]
    }

    fn data(&self) -> Vec<u8> {
        encode(38, &())
    }
}

/// Fills two accounts at one price.
#[derive(Clone, Debug)]
pub struct FillVenue {
    /// Owner of the buyer's account, or the venue of its grant.
    pub buyer_authority: Address,
    /// Owner of the seller's account, or the venue of its grant.
    pub seller_authority: Address,
    /// Margin account that buys.
    pub buyer: Address,
    /// Margin account that sells.
    pub seller: Address,
    /// The market.
    pub market: Address,
    /// The buyer's grant, where its owner does not sign.
    pub buyer_grant: Option<Address>,
    /// The seller's grant, where its owner does not sign.
    pub seller_grant: Option<Address>,
    /// Size in lots.
    pub lots: u64,
    /// Price in ticks.
    pub price: u64,
    /// Markets of the buyer's other legs in their order, then of the seller's.
    pub legs: Vec<Address>,
}

impl Build for FillVenue {
    const NAME: &'static str = "venue_fill";

    fn accounts(&self) -> Vec<AccountMeta> {
        let mut accounts = vec![
            read_signer(self.buyer_authority),
            read_signer(self.seller_authority),
            write(self.buyer),
            write(self.seller),
            write(self.market),
            write_optional(self.buyer_grant),
            write_optional(self.seller_grant),
        ];
        accounts.extend(readable(&self.legs));
        accounts
    }

    fn data(&self) -> Vec<u8> {
        encode(39, &(self.lots, self.price))
    }
}

/// Sets who may place orders for an account.
#[derive(Clone, Debug)]
pub struct SetDelegate {
    /// Owner of the margin account.
    pub owner: Address,
    /// The margin account.
    pub margin: Address,
    /// The delegate; the zero address for none.
    pub delegate: Address,
}

impl Build for SetDelegate {
    const NAME: &'static str = "set_delegate";

    fn accounts(&self) -> Vec<AccountMeta> {
        vec![read_signer(self.owner), write(self.margin)]
    }

    fn data(&self) -> Vec<u8> {
        encode(40, &self.delegate)
    }
}
