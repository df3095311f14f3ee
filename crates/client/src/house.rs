//! One clearing house: builds instructions that need its accounts, and packs the markets of an account's legs.

use crate::{
    addresses,
    instructions::{
        CancelOrder, CollectClaim, CreateInsuranceFund, Deposit, DrawInsurance, ExecuteOrder, FireOrder, FlagAccount,
        KeepersFloor, Liquidate, LpDeposit, MarkAccount, ProtectAccount, Redeem, SettlePosition, Stake, SweepExcess,
        SweepFees, Unstake, Withdraw,
    },
    state::{Exchange, MarginAccount, Market, ShareAccount},
    wire::Address,
};

/// The accounts that all markets of an exchange share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct House {
    /// The exchange.
    pub exchange: Address,
    /// Its vault.
    pub vault: Address,
    /// Its insurance fund.
    pub fund: Address,
    /// The fund's vault.
    pub insurance_vault: Address,
    /// Mint of the quote token.
    pub quote_mint: Address,
    /// Its token program.
    pub token_program: Address,
}

/// A margin account and its address.
pub type Margin<'a> = (Address, &'a MarginAccount);
/// A market and its address.
pub type Of<'a> = (Address, &'a Market);

impl House {
    /// The accounts of an exchange that exists.
    pub fn of(exchange: Address, state: &Exchange) -> Self {
        Self::at(exchange, state.quote_mint, state.token_program)
    }

    /// The accounts that an exchange at this address has.
    pub fn at(exchange: Address, quote_mint: Address, token_program: Address) -> Self {
        Self {
            exchange,
            vault: addresses::vault(&exchange),
            fund: addresses::insurance(&exchange),
            insurance_vault: addresses::insurance_vault(&exchange),
            quote_mint,
            token_program,
        }
    }

    /// Creates the insurance fund.
    pub fn create_insurance_fund(&self, payer: Address) -> CreateInsuranceFund {
        CreateInsuranceFund {
            payer,
            exchange: self.exchange,
            fund: self.fund,
            quote_mint: self.quote_mint,
            insurance_vault: self.insurance_vault,
            token_program: self.token_program,
        }
    }

    /// Adds collateral to a margin account.
    pub fn deposit(&self, authority: Address, margin: Address, source: Address, amount: u64) -> Deposit {
        Deposit {
            authority,
            exchange: self.exchange,
            margin,
            source,
            vault: self.vault,
            quote_mint: self.quote_mint,
            token_program: self.token_program,
            amount,
        }
    }

    /// Takes free collateral out.
    pub fn withdraw(&self, (margin, state): Margin<'_>, destination: Address, amount: u64) -> Withdraw {
        Withdraw {
            owner: state.owner,
            exchange: self.exchange,
            margin,
            destination,
            vault: self.vault,
            quote_mint: self.quote_mint,
            token_program: self.token_program,
            amount,
            legs: legs_of(state, None),
        }
    }

    /// Provides liquidity to a market.
    pub fn provide(&self, owner: Address, market: Address, source: Address, amount: u64) -> LpDeposit {
        LpDeposit {
            owner,
            exchange: self.exchange,
            market,
            shares: addresses::shares(&market, &owner),
            source,
            vault: self.vault,
            quote_mint: self.quote_mint,
            token_program: self.token_program,
            amount,
        }
    }

    /// Puts money into the insurance fund.
    pub fn stake(&self, owner: Address, source: Address, amount: u64) -> Stake {
        Stake {
            owner,
            exchange: self.exchange,
            fund: self.fund,
            shares: addresses::shares(&self.fund, &owner),
            source,
            insurance_vault: self.insurance_vault,
            quote_mint: self.quote_mint,
            token_program: self.token_program,
            amount,
        }
    }

    /// Pays shares of a market whose exit was requested.
    pub fn redeem(&self, (market, state): Of<'_>, shares: &ShareAccount, destination: Address, amount: u64) -> Redeem {
        Redeem {
            owner: shares.owner,
            exchange: self.exchange,
            market,
            queue: state.queue,
            shares: addresses::shares(&market, &shares.owner),
            destination,
            vault: self.vault,
            quote_mint: self.quote_mint,
            token_program: self.token_program,
            amount,
        }
    }

    /// Pays shares of the insurance fund whose exit was requested. `markets` are all of the exchange, with their queues.
    pub fn unstake(
        &self,
        owner: Address,
        destination: Address,
        amount: u64,
        markets: Vec<(Address, Address)>,
    ) -> Unstake {
        Unstake {
            owner,
            exchange: self.exchange,
            fund: self.fund,
            shares: addresses::shares(&self.fund, &owner),
            destination,
            insurance_vault: self.insurance_vault,
            quote_mint: self.quote_mint,
            token_program: self.token_program,
            amount,
            markets,
        }
    }

    /// What insurance pays keepers from.
    pub fn floor(&self) -> KeepersFloor {
        KeepersFloor {
            exchange: self.exchange,
            fund: self.fund,
            insurance_vault: self.insurance_vault,
            vault: self.vault,
            quote_mint: self.quote_mint,
            token_program: self.token_program,
        }
    }

    /// Answers a market's deficit.
    pub fn draw(&self, market: Address) -> DrawInsurance {
        DrawInsurance {
            exchange: self.exchange,
            fund: self.fund,
            market,
            insurance_vault: self.insurance_vault,
            vault: self.vault,
            quote_mint: self.quote_mint,
            token_program: self.token_program,
        }
    }

    /// Moves a market's liquidation fees into the insurance vault.
    pub fn sweep(&self, market: Address) -> SweepFees {
        SweepFees {
            exchange: self.exchange,
            fund: self.fund,
            market,
            vault: self.vault,
            insurance_vault: self.insurance_vault,
            quote_mint: self.quote_mint,
            token_program: self.token_program,
        }
    }

    /// Collects what a market owes insurance.
    pub fn collect(&self, market: Address) -> CollectClaim {
        CollectClaim {
            exchange: self.exchange,
            fund: self.fund,
            market,
            vault: self.vault,
            insurance_vault: self.insurance_vault,
            quote_mint: self.quote_mint,
            token_program: self.token_program,
        }
    }

    /// Gives what strangers sent to the vaults to the stakers.
    pub fn sweep_excess(&self) -> SweepExcess {
        SweepExcess {
            exchange: self.exchange,
            fund: self.fund,
            vault: self.vault,
            insurance_vault: self.insurance_vault,
            quote_mint: self.quote_mint,
            token_program: self.token_program,
        }
    }
}

/// Markets of an account's legs in their order, without the one that the instruction names: what follows its accounts.
pub fn legs_of(margin: &MarginAccount, named: Option<&Address>) -> Vec<Address> {
    let used = margin.legs.iter().filter(|leg| !leg.is_free()).map(|leg| leg.market);
    used.filter(|market| named != Some(market)).collect()
}

/// Marks an account.
pub fn mark((margin, state): Margin<'_>) -> MarkAccount {
    MarkAccount { margin, legs: legs_of(state, None) }
}

/// Flags an account in a market for whom `reward` is paid.
pub fn flag((margin, state): Margin<'_>, (market, of): Of<'_>, reward: Address) -> FlagAccount {
    FlagAccount { margin, market, queue: of.queue, reward, legs: legs_of(state, Some(&market)) }
}

/// Liquidates an account in the market where it is flagged. `flagger` is the one that its entry names.
pub fn liquidate(
    (margin, state): Margin<'_>,
    (market, of): Of<'_>,
    flagger: Address,
    liquidator: Address,
) -> Liquidate {
    let legs = legs_of(state, Some(&market));
    Liquidate { margin, market, queue: of.queue, flagger, liquidator, floor: None, legs }
}

/// Executes the order at a place of an account at the update in an oracle account.
pub fn execute(
    (margin, state): Margin<'_>,
    place: u8,
    oracle: Address,
    executor: Option<Address>,
) -> Option<ExecuteOrder> {
    let market = market_of(state, place)?;
    Some(ExecuteOrder { margin, market, oracle, executor, place, legs: legs_of(state, Some(&market)) })
}

/// Fires the trigger of the order at a place of an account.
pub fn fire((margin, state): Margin<'_>, place: u8, oracle: Address, keeper: Option<Address>) -> Option<FireOrder> {
    Some(FireOrder { margin, market: market_of(state, place)?, oracle, keeper, place })
}

/// Ends the order at a place of an account.
pub fn cancel((margin, state): Margin<'_>, place: u8, authority: Address) -> Option<CancelOrder> {
    Some(CancelOrder { authority, margin, market: market_of(state, place)?, place })
}

/// Shrinks a protected account in a market.
pub fn protect((margin, state): Margin<'_>, market: Address, keeper: Option<Address>) -> ProtectAccount {
    ProtectAccount { margin, market, keeper, legs: legs_of(state, Some(&market)) }
}

/// Settles an account's position in a market.
pub fn settle((margin, state): Margin<'_>, market: Address) -> SettlePosition {
    SettlePosition { margin, market, legs: legs_of(state, Some(&market)) }
}

fn market_of(state: &MarginAccount, place: u8) -> Option<Address> {
    let slot = state.orders.get(usize::from(place)).filter(|slot| !slot.order.is_empty())?;
    Some(slot.market)
}
