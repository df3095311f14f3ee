//! Any account of the program, by what its first bytes say.

use crate::{
    state::{Exchange, InsuranceFund, LiquidationQueue, MarginAccount, Market, Proposal, ShareAccount, VenueGrant},
    wire::{AccountLayout, discriminator},
};

/// An account of the program.
#[derive(Clone, Debug)]
pub enum Account {
    /// One clearing house.
    Exchange(Box<Exchange>),
    /// One market.
    Market(Box<Market>),
    /// A trader's collateral and positions.
    Margin(Box<MarginAccount>),
    /// The accounts flagged in one market.
    Queue(Box<LiquidationQueue>),
    /// What pays deficits.
    Fund(Box<InsuranceFund>),
    /// Shares in a pool.
    Shares {
        /// What they are. Outdated ones have epoch zero, as they will when they have been migrated.
        state: Box<ShareAccount>,
        /// They have the layout without an epoch: the program takes them after `migrate_shares`.
        outdated: bool,
    },
    /// A change that waits.
    Proposal(Box<Proposal>),
    /// What a venue may do for an account.
    Grant(Box<VenueGrant>),
}

/// Why an account's data are not one of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// The first eight bytes name no account of this program.
    UnknownKind,
    /// It is shorter than its type's layout, and has no length that the type had before.
    Short {
        /// Bytes it has.
        has: usize,
        /// Bytes its type has.
        needs: usize,
    },
}

impl core::fmt::Display for DecodeError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::UnknownKind => f.write_str("these are not the data of an account of this program"),
            Self::Short { has, needs } => {
                write!(f, "the account has {has} bytes where its type has {needs}")
            }
        }
    }
}

impl core::error::Error for DecodeError {}

impl Account {
    /// Decodes an account's data.
    pub fn decode(data: &[u8]) -> Result<Self, DecodeError> {
        let kind = data.first_chunk::<8>().ok_or(DecodeError::UnknownKind)?;
        match kind {
            _ if *kind == of::<MarginAccount>() => read(data).map(Self::Margin),
            _ if *kind == of::<Market>() => read(data).map(Self::Market),
            _ if *kind == of::<LiquidationQueue>() => read(data).map(Self::Queue),
            _ if *kind == of::<Exchange>() => read(data).map(Self::Exchange),
            _ if *kind == of::<InsuranceFund>() => read(data).map(Self::Fund),
            _ if *kind == of::<ShareAccount>() => shares(data),
            _ if *kind == of::<Proposal>() => read(data).map(Self::Proposal),
            _ if *kind == of::<VenueGrant>() => read(data).map(Self::Grant),
            _ => Err(DecodeError::UnknownKind),
        }
    }

    /// Whether it has a layout that the program does not take any more, until it has been migrated.
    pub fn is_outdated(&self) -> bool {
        matches!(self, Self::Shares { outdated: true, .. })
    }
}

/// Shares, of today's layout or of the one before.
fn shares(data: &[u8]) -> Result<Account, DecodeError> {
    let outdated = data.len() == ShareAccount::LEN_WITHOUT_EPOCH;
    let state = if outdated { read(&[data, &[0; 8]].concat())? } else { read(data)? };
    Ok(Account::Shares { state, outdated })
}

fn of<T: AccountLayout>() -> [u8; 8] {
    discriminator("account", T::NAME)
}

fn read<T: AccountLayout>(data: &[u8]) -> Result<Box<T>, DecodeError> {
    T::decode(data).map(Box::new).ok_or(DecodeError::Short { has: data.len(), needs: T::LEN })
}
