//! Prices, marks, flags and liquidations.

use solana_instruction::AccountMeta;

use super::{Build, encode, read, readable, writable, write, write_optional};
use crate::{ID, wire::Address};

/// Takes newer prices from a market's oracles.
#[derive(Clone, Debug)]
pub struct RefreshMarket {
    /// The market.
    pub market: Address,
    /// Oracle account of the first source, or none.
    pub oracle: Option<Address>,
    /// Oracle account of the second source, or none.
    pub second: Option<Address>,
}

impl Build for RefreshMarket {
    const NAME: &'static str = "refresh_market";

    fn accounts(&self) -> Vec<AccountMeta> {
        vec![write(self.market), read(self.oracle.unwrap_or(ID)), read(self.second.unwrap_or(ID))]
    }

    fn data(&self) -> Vec<u8> {
        encode(9, &())
    }
}

/// Takes newer prices for many markets.
#[derive(Clone, Debug)]
pub struct RefreshMarkets {
    /// The markets with their oracle accounts.
    pub markets: Vec<RefreshMarket>,
}

impl Build for RefreshMarkets {
    const NAME: &'static str = "refresh_markets";

    fn accounts(&self) -> Vec<AccountMeta> {
        self.markets.iter().flat_map(Build::accounts).collect()
    }

    fn data(&self) -> Vec<u8> {
        encode(48, &())
    }
}

/// Looks whether a market has lost its price.
#[derive(Clone, Debug)]
pub struct WindDown {
    /// The market.
    pub market: Address,
}

impl Build for WindDown {
    const NAME: &'static str = "wind_down";

    fn accounts(&self) -> Vec<AccountMeta> {
        vec![write(self.market)]
    }

    fn data(&self) -> Vec<u8> {
        encode(49, &())
    }
}

/// Looks whether a market's insurance is below its target.
#[derive(Clone, Debug)]
pub struct LookInsurance {
    /// The fund.
    pub fund: Address,
    /// The market.
    pub market: Address,
}

impl Build for LookInsurance {
    const NAME: &'static str = "look_insurance";

    fn accounts(&self) -> Vec<AccountMeta> {
        vec![read(self.fund), write(self.market)]
    }

    fn data(&self) -> Vec<u8> {
        encode(50, &())
    }
}

/// Moves unrealised profit and loss of every leg into cash.
#[derive(Clone, Debug)]
pub struct MarkAccount {
    /// The margin account.
    pub margin: Address,
    /// Markets of all legs, in their order.
    pub legs: Vec<Address>,
}

impl Build for MarkAccount {
    const NAME: &'static str = "mark";

    fn accounts(&self) -> Vec<AccountMeta> {
        let mut accounts = vec![write(self.margin)];
        accounts.extend(writable(&self.legs));
        accounts
    }

    fn data(&self) -> Vec<u8> {
        encode(13, &())
    }
}

/// Queues an account, refreshes its entry or removes it.
#[derive(Clone, Debug)]
pub struct FlagAccount {
    /// The margin account.
    pub margin: Address,
    /// Market of the leg to close.
    pub market: Address,
    /// That market's queue.
    pub queue: Address,
    /// Margin account or token account that is paid for it.
    pub reward: Address,
    /// Markets of the other legs, in their order.
    pub legs: Vec<Address>,
}

impl Build for FlagAccount {
    const NAME: &'static str = "flag";

    fn accounts(&self) -> Vec<AccountMeta> {
        let mut accounts = vec![write(self.margin), read(self.market), write(self.queue), read(self.reward)];
        accounts.extend(readable(&self.legs));
        accounts
    }

    fn data(&self) -> Vec<u8> {
        encode(14, &())
    }
}

/// From where insurance pays keepers for closing a bankrupt account.
#[derive(Clone, Copy, Debug)]
pub struct KeepersFloor {
    /// The exchange.
    pub exchange: Address,
    /// The fund.
    pub fund: Address,
    /// The fund's vault.
    pub insurance_vault: Address,
    /// The vault.
    pub vault: Address,
    /// Mint of the quote token.
    pub quote_mint: Address,
    /// Its token program.
    pub token_program: Address,
}

/// Liquidates a flagged account.
#[derive(Clone, Debug)]
pub struct Liquidate {
    /// The margin account.
    pub margin: Address,
    /// Market of the flagged leg.
    pub market: Address,
    /// That market's queue.
    pub queue: Address,
    /// Account that the entry names.
    pub flagger: Address,
    /// Margin account or token account that is paid.
    pub liquidator: Address,
    /// To be paid for closing a bankrupt account or into token accounts; locks what all markets share.
    pub floor: Option<KeepersFloor>,
    /// Markets of the other legs, in their order.
    pub legs: Vec<Address>,
}

impl Build for Liquidate {
    const NAME: &'static str = "liquidate";

    fn accounts(&self) -> Vec<AccountMeta> {
        let mut accounts = vec![
            write(self.margin),
            write(self.market),
            write(self.queue),
            write(self.flagger),
            write(self.liquidator),
            write_optional(self.floor.map(|floor| floor.exchange)),
            write_optional(self.floor.map(|floor| floor.fund)),
            write_optional(self.floor.map(|floor| floor.insurance_vault)),
            write_optional(self.floor.map(|floor| floor.vault)),
            read(self.floor.map_or(ID, |floor| floor.quote_mint)),
            read(self.floor.map_or(ID, |floor| floor.token_program)),
        ];
        accounts.extend(writable(&self.legs));
        accounts
    }

    fn data(&self) -> Vec<u8> {
        encode(15, &())
    }
}
