//! Plimsoll: a perpetuals clearing house that liquidates worst first.
//!
//! Thin glue: each instruction checks who may and which accounts, calls the engine, stores what the engine reports,
//! moves tokens and logs an event. Mechanics are in `plimsoll_engine`.
#![cfg_attr(not(feature = "idl-build"), no_std)]
#![allow(missing_docs)] // #[program] and derive(Accounts) emit undocumented items; everything written here has docs

extern crate alloc;

#[macro_use]
pub mod wire;
mod breaking;
pub mod checked;
pub mod closing;
pub mod errors;
pub mod events;
pub mod funding;
pub mod instructions;
pub mod legs;
pub mod losses;
pub mod oracle;
pub mod outflow;
pub mod placing;
pub mod refreshing;
pub mod rewards;
pub mod security;
pub mod seeds;
pub mod state;
pub mod token;
pub mod views;

use anchor_lang::prelude::*;
use instructions::*;
use plimsoll_engine::parameters::Parameters;
use state::OracleSource;

declare_id!("P1imso11oxXuqpvdtbNGqgVmuXFBQBJ3kqkWGEG4rqd");

#[program]
pub mod plimsoll {
    use super::*;

    /// Creates an exchange and its vault; the signer becomes admin.
    #[discrim = 0]
    pub fn create_exchange(ctx: &mut Context<CreateExchange>, id: u32, guardian: Address) -> Result<()> {
        ctx.accounts.handle(&ctx.bumps, id, guardian)
    }

    /// Creates the insurance fund of an exchange.
    #[discrim = 1]
    pub fn create_insurance_fund(ctx: &mut Context<CreateInsuranceFund>) -> Result<()> {
        ctx.accounts.handle(&ctx.bumps)
    }

    /// Creates a market, with the queue that the caller created for it. A second source of kind zero is none.
    #[allow(clippy::too_many_arguments)] // each is a field of the instruction
    #[discrim = 2]
    pub fn create_market(
        ctx: &mut Context<CreateMarket>,
        parameters: Parameters,
        oracle_kind: u8,
        oracle_program: Address,
        feed: [u8; 32],
        second_kind: u8,
        second_program: Address,
        second_feed: [u8; 32],
    ) -> Result<()> {
        let first = OracleSource::new(oracle_kind, oracle_program, feed);
        let second = OracleSource::new(second_kind, second_program, second_feed);
        ctx.accounts.handle(&ctx.bumps, &parameters, first, second)
    }

    /// Opens an account for shares in a market's liquidity or the insurance fund.
    #[discrim = 3]
    pub fn open_shares(ctx: &mut Context<OpenShares>) -> Result<()> {
        ctx.accounts.handle()
    }

    /// Provides liquidity to a market. Amount in atoms.
    #[discrim = 4]
    pub fn lp_deposit(ctx: &mut Context<LpDeposit>, amount: u64) -> Result<()> {
        ctx.accounts.handle(amount)
    }

    /// Puts money into the insurance fund. Amount in atoms.
    #[discrim = 5]
    pub fn stake(ctx: &mut Context<Stake>, amount: u64) -> Result<()> {
        ctx.accounts.handle(amount)
    }

    /// Opens a margin account.
    #[discrim = 6]
    pub fn open_account(ctx: &mut Context<OpenAccount>, index: u16) -> Result<()> {
        ctx.accounts.handle(&ctx.bumps, index)
    }

    /// Adds collateral. Amount in atoms.
    #[discrim = 7]
    pub fn deposit(ctx: &mut Context<Deposit>, amount: u64) -> Result<()> {
        ctx.accounts.handle(amount)
    }

    /// Takes free collateral out. Amount in atoms. The markets of all legs follow.
    #[discrim = 8]
    pub fn withdraw(ctx: &mut Context<Withdraw>, amount: u64) -> Result<()> {
        let others = ctx.remaining_accounts()?;
        ctx.accounts.handle(amount, &others)
    }

    /// Takes newer prices from the market's oracles.
    #[discrim = 9]
    pub fn refresh_market(ctx: &mut Context<RefreshMarket>) -> Result<()> {
        ctx.accounts.handle()
    }

    /// Places an order. Signed size in lots, worst price in ticks; a trigger of zero is none. The markets of the other
    /// legs follow, unless the order does no more than reduce a position.
    #[discrim = 10]
    pub fn order(
        ctx: &mut Context<PlaceOrder>,
        lots: i64,
        limit: u64,
        reduce_only: bool,
        trigger: u64,
        trigger_above: bool,
    ) -> Result<()> {
        let others = ctx.remaining_accounts()?;
        ctx.accounts.handle(lots, limit, reduce_only, trigger, trigger_above, &others)
    }

    /// Executes the order at a place of the account at its update. The markets of the other legs follow.
    #[discrim = 11]
    pub fn execute(ctx: &mut Context<ExecuteOrder>, place: u8) -> Result<()> {
        let others = ctx.remaining_accounts()?;
        ctx.accounts.handle(place, &others)
    }

    /// Ends the order at a place of the account: before its price is known, or after it expired.
    #[discrim = 12]
    pub fn cancel(ctx: &mut Context<CancelOrder>, place: u8) -> Result<()> {
        ctx.accounts.handle(place)
    }

    /// Moves unrealised profit and loss into cash. The markets of all legs follow, writable.
    #[discrim = 13]
    pub fn mark(ctx: &mut Context<MarkAccount>) -> Result<()> {
        let others = ctx.remaining_accounts()?;
        ctx.accounts.handle(&others)
    }

    /// Queues an account under maintenance, refreshes its entry, or removes it. The markets of the other legs follow.
    #[discrim = 14]
    pub fn flag(ctx: &mut Context<FlagAccount>) -> Result<()> {
        let others = ctx.remaining_accounts()?;
        ctx.accounts.handle(&others)
    }

    /// Liquidates a flagged account, worst first. The markets of the other legs follow.
    #[discrim = 15]
    pub fn liquidate(ctx: &mut Context<Liquidate>) -> Result<()> {
        let others = ctx.remaining_accounts()?;
        ctx.accounts.handle(&others)
    }

    /// Sends a market's deficit down the waterfall.
    #[discrim = 16]
    pub fn draw_insurance(ctx: &mut Context<DrawInsurance>) -> Result<()> {
        ctx.accounts.handle()
    }

    /// Moves a market's accrued liquidation fees into the insurance vault.
    #[discrim = 17]
    pub fn sweep_fees(ctx: &mut Context<SweepFees>) -> Result<()> {
        ctx.accounts.handle()
    }

    /// Requests the exit of shares in a market's liquidity.
    #[discrim = 18]
    pub fn request_exit(ctx: &mut Context<RequestExit>, shares: u64) -> Result<()> {
        ctx.accounts.handle(shares)
    }

    /// Pays shares whose exit was requested out of a market's treasury.
    #[discrim = 19]
    pub fn redeem(ctx: &mut Context<Redeem>, shares: u64) -> Result<()> {
        ctx.accounts.handle(shares)
    }

    /// Requests the exit of shares in the insurance fund.
    #[discrim = 20]
    pub fn request_unstake(ctx: &mut Context<RequestUnstake>, shares: u64) -> Result<()> {
        ctx.accounts.handle(shares)
    }

    /// Pays shares whose exit was requested out of the insurance fund. All markets of the exchange follow, each with its
    /// queue.
    #[discrim = 21]
    pub fn unstake(ctx: &mut Context<Unstake>, shares: u64) -> Result<()> {
        let markets = ctx.remaining_accounts()?;
        ctx.accounts.handle(shares, &markets)
    }

    /// Withdraws the request of an exit.
    #[discrim = 22]
    pub fn cancel_exit(ctx: &mut Context<CancelExit>) -> Result<()> {
        ctx.accounts.handle()
    }

    /// Collects what a market owes for the profit of bankrupt accounts into its own part of the insurance vault.
    #[discrim = 23]
    pub fn collect_claim(ctx: &mut Context<CollectClaim>) -> Result<()> {
        ctx.accounts.handle()
    }

    /// Gives what strangers sent to the vaults to the insurance stakers.
    #[discrim = 24]
    pub fn sweep_excess(ctx: &mut Context<SweepExcess>) -> Result<()> {
        ctx.accounts.handle()
    }

    /// Looks at deleveraging: the second look at a newer price reduces the heavier side.
    #[discrim = 25]
    pub fn deleverage(ctx: &mut Context<Deleverage>) -> Result<()> {
        ctx.accounts.handle()
    }

    /// Looks at a settlement: the second look, far enough from the first, starts it.
    #[discrim = 26]
    pub fn look_settlement(ctx: &mut Context<LookSettlement>) -> Result<()> {
        ctx.accounts.handle()
    }

    /// Closes a position in a market that settles. The markets of the other legs follow.
    #[discrim = 27]
    pub fn settle_position(ctx: &mut Context<SettlePosition>) -> Result<()> {
        let others = ctx.remaining_accounts()?;
        ctx.accounts.handle(&others)
    }

    /// Fixes a round of a settlement.
    #[discrim = 28]
    pub fn fix_settlement(ctx: &mut Context<FixSettlement>) -> Result<()> {
        ctx.accounts.handle()
    }

    /// Pays a claim on a settled market.
    #[discrim = 29]
    pub fn pay_claim(ctx: &mut Context<PayClaim>) -> Result<()> {
        ctx.accounts.handle()
    }

    /// Fires the trigger of the order at a place of the account, with an update that reached it.
    #[discrim = 31]
    pub fn fire(ctx: &mut Context<FireOrder>, place: u8) -> Result<()> {
        ctx.accounts.handle(place)
    }

    /// Opens a position by its risk in atoms and its stop, with the stop. Prices in ticks. The markets of the other legs
    /// follow.
    #[discrim = 32]
    pub fn open_at_risk(
        ctx: &mut Context<OpenAtRisk>,
        risk: u64,
        stop: u64,
        limit: u64,
        stop_limit: u64,
    ) -> Result<()> {
        let others = ctx.remaining_accounts()?;
        ctx.accounts.handle(risk, stop, limit, stop_limit, &others)
    }

    /// Sets the protection level: equity over maintenance with 32 fraction bits, zero for none.
    #[discrim = 33]
    pub fn set_protection(ctx: &mut Context<SetProtection>, level: u64) -> Result<()> {
        ctx.accounts.handle(level)
    }

    /// Places an order that shrinks an account below its protection level. The markets of the other legs follow.
    #[discrim = 34]
    pub fn protect(ctx: &mut Context<ProtectAccount>) -> Result<()> {
        let others = ctx.remaining_accounts()?;
        ctx.accounts.handle(&others)
    }

    /// Returns how an account stands. The markets of all legs follow.
    #[discrim = 35]
    pub fn view_account(ctx: &mut Context<ViewAccount>) -> Result<()> {
        let others = ctx.remaining_accounts()?;
        ctx.accounts.handle(&others)
    }

    /// Returns the price of one market at which an account becomes liquidatable. The markets of the other legs follow.
    #[discrim = 36]
    pub fn view_liquidation_price(ctx: &mut Context<ViewLiquidationPrice>) -> Result<()> {
        let others = ctx.remaining_accounts()?;
        ctx.accounts.handle(&others)
    }

    /// Lets a venue fill one side of a market for the account: so many lots, at no worse than a limit in ticks, until a
    /// time. A grant that exists is replaced.
    #[discrim = 37]
    pub fn grant_venue(
        ctx: &mut Context<GrantVenue>,
        venue: Address,
        buys: bool,
        lots: u64,
        limit: u64,
        expires_at: i64,
    ) -> Result<()> {
        ctx.accounts.handle(&venue, buys, lots, limit, expires_at)
    }

    /// Ends a grant.
    #[discrim = 38]
    pub fn revoke_venue(ctx: &mut Context<RevokeVenue>) -> Result<()> {
        ctx.accounts.handle()
    }

    /// Fills so many lots between two accounts at a price in ticks. The markets of the buyer's other legs follow, then those
    /// of the seller's.
    #[discrim = 39]
    pub fn venue_fill(ctx: &mut Context<FillVenue>, lots: u64, price: u64) -> Result<()> {
        let others = ctx.remaining_accounts()?;
        ctx.accounts.handle(lots, price, &others)
    }

    /// Sets who may place orders for the account besides its owner; the zero address for nobody.
    #[discrim = 40]
    pub fn set_delegate(ctx: &mut Context<SetDelegate>, delegate: Address) -> Result<()> {
        ctx.accounts.handle(&delegate)
    }

    /// Proposes other parameters for a market.
    #[discrim = 41]
    pub fn propose_parameters(ctx: &mut Context<ProposeParameters>, parameters: Parameters) -> Result<()> {
        ctx.accounts.handle(&ctx.bumps, &parameters)
    }

    /// Proposes another admin, guardian or timelock in seconds: `what` is two, three or four.
    #[discrim = 42]
    pub fn propose_authority(ctx: &mut Context<ProposeAuthority>, what: u8, key: Address, seconds: u32) -> Result<()> {
        ctx.accounts.handle(&ctx.bumps, what, key, seconds)
    }

    /// Executes a proposal of parameters that has waited.
    #[discrim = 43]
    pub fn change_parameters(ctx: &mut Context<ChangeParameters>) -> Result<()> {
        ctx.accounts.handle()
    }

    /// Executes a proposal of another admin, guardian or timelock that has waited.
    #[discrim = 44]
    pub fn change_authority(ctx: &mut Context<ChangeAuthority>) -> Result<()> {
        ctx.accounts.handle()
    }

    /// Cancels a proposal.
    #[discrim = 45]
    pub fn cancel_proposal(ctx: &mut Context<CancelProposal>) -> Result<()> {
        ctx.accounts.handle()
    }

    /// The admin that was decided on accepts.
    #[discrim = 46]
    pub fn accept_admin(ctx: &mut Context<AcceptAdmin>) -> Result<()> {
        ctx.accounts.handle()
    }

    /// Holds a market to a status for a time (one reduce-only, two halted), or lets it go (zero).
    #[discrim = 47]
    pub fn tighten_market(ctx: &mut Context<TightenMarket>, level: u8) -> Result<()> {
        ctx.accounts.handle(level)
    }

    /// Takes newer prices for many markets. Each follows, with its two oracle accounts.
    #[discrim = 48]
    pub fn refresh_markets(ctx: &mut Context<RefreshMarkets>) -> Result<()> {
        let accounts = ctx.remaining_accounts()?;
        ctx.accounts.handle(&accounts)
    }

    /// Looks whether a market has lost its price: the second look starts its settlement.
    #[discrim = 49]
    pub fn wind_down(ctx: &mut Context<WindDown>) -> Result<()> {
        ctx.accounts.handle()
    }

    /// Looks whether a market's insurance is below its target.
    #[discrim = 50]
    pub fn look_insurance(ctx: &mut Context<LookInsurance>) -> Result<()> {
        ctx.accounts.handle()
    }

    /// Brings an account of shares from before there was an epoch to today's layout.
    #[discrim = 51]
    pub fn migrate_shares(ctx: &mut Context<MigrateShares>) -> Result<()> {
        ctx.accounts.handle()
    }
}
