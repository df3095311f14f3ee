use anchor_lang::prelude::*;
use anchor_spl::token_interface::TokenInterface;
use plimsoll_engine::{
    liquidate::{Plan, Refusal, Verdict, judge},
    market::Market as Core,
    survey::{Case, Survey},
    units::Atoms,
};

use crate::{
    checked::Checked,
    closing,
    errors::PlimsollError,
    events::{GoesFirst, KeepersPaid, RewardForgone, Unflagged},
    funding::accrue,
    legs,
    rewards::{credit, is_ours_if_any},
    state::{Exchange, Flag, InsuranceFund, LiquidationQueue, MarginAccount, Market},
    token::{Vault, is_of, is_payable},
};

/// Closes what the program chooses of a flagged account, if no other in its queue goes first. Anyone may, without
/// capital. The markets of the account's other legs follow: writable when all legs go.
///
/// The last six accounts are passed all or not at all. With them, insurance pays keepers for closing a bankrupt account,
/// and keepers can be paid into token accounts; a liquidation without them locks nothing that all markets share.
#[derive(Accounts)]
pub struct Liquidate {
    #[account(mut)]
    pub margin: Account<MarginAccount>,
    #[account(mut)]
    pub market: Account<Market>,
    #[account(mut, address = market.queue @ PlimsollError::WrongQueue)]
    pub queue: Account<LiquidationQueue>,
    /// CHECK: must be the one that the entry names; its type is looked at when it is paid.
    #[account(unsafe(dup))]
    pub flagger: UncheckedAccount,
    /// CHECK: its type is looked at when it is paid; may be the flagger.
    #[account(unsafe(dup))]
    pub liquidator: UncheckedAccount,
    #[account(mut)]
    pub exchange: Option<Account<Exchange>>,
    #[account(mut)]
    pub fund: Option<Account<InsuranceFund>>,
    /// CHECK: must be the fund's.
    #[account(mut)]
    pub insurance_vault: Option<UncheckedAccount>,
    /// CHECK: must be the exchange's.
    #[account(mut)]
    pub vault: Option<UncheckedAccount>,
    /// CHECK: must be the exchange's.
    pub quote_mint: Option<UncheckedAccount>,
    pub token_program: Option<Interface<'static, TokenInterface>>,
}

/// What insurance pays keepers with.
struct Insurer<'a> {
    exchange: &'a mut Account<Exchange>,
    fund: &'a mut Account<InsuranceFund>,
    insurance_vault: &'a UncheckedAccount,
    vault: &'a UncheckedAccount,
    quote_mint: &'a UncheckedAccount,
    token_program: &'a Interface<'static, TokenInterface>,
}

impl Insurer<'_> {
    /// All of one exchange.
    fn validate(&self, ours: &Address) -> Result<()> {
        let (exchange, fund) = (&*self.exchange, &*self.fund);
        let ours = ours == exchange.address() && *ours == fund.exchange;
        require!(ours, PlimsollError::WrongExchange);
        let vaults = fund.vault == *self.insurance_vault.address() && exchange.vault == *self.vault.address();
        require!(vaults, PlimsollError::WrongVault);
        require!(exchange.quote_mint == *self.quote_mint.address(), PlimsollError::WrongMint);
        require!(exchange.token_program == *self.token_program.address(), PlimsollError::WrongTokenProgram);
        Ok(())
    }

    /// Moves what is paid into the exchange's vault.
    fn pay(&mut self, paid: Atoms) -> Result<()> {
        self.fund.accounted = self.fund.accounted.minus(paid).checked()?;
        self.exchange.accounted = self.exchange.accounted.plus(paid).checked()?;
        let vault = Vault::of_insurance(self.insurance_vault, self.exchange.address(), self.fund.vault_bump);
        vault.pay(self.token_program, self.quote_mint, self.vault.account(), paid.0)
    }
}

impl Liquidate {
    /// The right accounts are paid, and by the right ones.
    pub fn validate(&mut self) -> Result<()> {
        let entry = self.margin.entry_in(self.market.address(), self.margin.address(), &self.queue);
        let entry = entry.ok_or(PlimsollError::NotQueued)?;
        require!(*self.flagger.address().as_array() == entry.flagger, PlimsollError::WrongFlagger);
        let present = [
            self.exchange.is_some(),
            self.fund.is_some(),
            self.insurance_vault.is_some(),
            self.vault.is_some(),
            self.quote_mint.is_some(),
            self.token_program.is_some(),
        ];
        let whole = present.iter().all(|here| *here) || !present.contains(&true);
        require!(whole, PlimsollError::IncompleteFund);
        let exchange = self.margin.exchange;
        self.insurer().map_or(Ok(()), |(insurer, _)| insurer.validate(&exchange))
    }

    /// Who pays keepers if the account is bankrupt, and the market.
    fn insurer(&mut self) -> Option<(Insurer<'_>, &mut Core)> {
        let insurer = Insurer {
            exchange: self.exchange.as_mut()?,
            fund: self.fund.as_mut()?,
            insurance_vault: self.insurance_vault.as_ref()?,
            vault: self.vault.as_ref()?,
            quote_mint: self.quote_mint.as_ref()?,
            token_program: self.token_program.as_ref()?,
        };
        Some((insurer, &mut self.market.core))
    }

    pub fn handle(&mut self, others: &[AccountView]) -> Result<()> {
        self.validate()?;
        let clock = Clock::get()?;
        let (account, market) = (*self.margin.address(), *self.market.address());
        accrue(&mut self.market, clock.unix_timestamp)?;
        legs::accrue_writable(others, clock.unix_timestamp)?;
        let entry = self.margin.entry_in(&market, &account, &self.queue);
        let seen = entry.map(|entry| entry.first_publish_time);
        let survey = legs::survey(&self.margin, (&market, &self.market), others, clock.unix_timestamp, seen)?;
        let (leg, place) = (self.margin.leg_in(&market), self.margin.place_in(&market));
        let case = Case { account: account.as_array(), leg, place, slot: clock.slot };
        let verdict = judge(&survey, &self.market.core, &self.queue.queue, &case).map_err(refuse)?;
        self.carry_out(&verdict, &survey, &case, others)
    }

    /// Does it, pays whoever is paid, and ends or prolongs the flag.
    #[inline(never)] // the report would not fit the caller's stack frame beside the survey
    fn carry_out(&mut self, verdict: &Verdict, survey: &Survey, case: &Case<'_>, others: &[AccountView]) -> Result<()> {
        // Only where all legs go are their markets written.
        let others = if matches!(verdict.plan, Plan::All | Plan::Bankrupt) { Some(others) } else { None };
        let (margin, market, queue) = (&mut self.margin, &mut self.market, &mut self.queue.queue);
        let report = closing::close(margin, market, others, queue, verdict, survey, case)?;
        match verdict.plan {
            Plan::Leave => {}
            Plan::Bankrupt => self.pay_floor(survey.now)?,
            Plan::Step(_) | Plan::All => {
                self.pay(report.charge.flagger, report.charge.liquidator)?;
            }
        }
        match report.until {
            Some(until) => self.margin.flag.until = until,
            None => {
                self.margin.flag = Flag::default();
                emit!(Unflagged { account: *self.margin.address(), market: *self.market.address() });
            }
        }
        Ok(())
    }

    /// Pays both keepers. The flagger chose its account long before: when that cannot be paid any more, its part goes to
    /// the insurance fund, so that nobody holds a liquidation up.
    #[inline(never)]
    fn pay(&mut self, flagger: Atoms, liquidator: Atoms) -> Result<()> {
        let (first, second) = (*self.flagger.account(), *self.liquidator.account());
        let known = is_ours_if_any(&first, &self.margin.exchange);
        if !known || !self.pay_one(&first, flagger)? {
            let fees = &mut self.market.core.book.fees;
            *fees = fees.plus(flagger).checked()?;
            let (account, market) = (*self.margin.address(), *self.market.address());
            emit!(RewardForgone { account, market, reward: *first.address(), amount: flagger.0 });
        }
        require!(self.pay_one(&second, liquidator)?, PlimsollError::WrongReward);
        Ok(())
    }

    /// Pays a margin account, or a token account out of the vault; says whether it can be paid.
    fn pay_one(&mut self, to: &AccountView, amount: Atoms) -> Result<bool> {
        if to.owned_by(&crate::ID) {
            credit(to, &self.margin.exchange, amount)?;
            return Ok(true);
        }
        if !is_payable(to) {
            return Ok(false);
        }
        let (insurer, _) = self.insurer().ok_or(PlimsollError::IncompleteFund)?;
        let exchange = insurer.exchange;
        if !is_of(to, &exchange.quote_mint) || !to.owned_by(&exchange.token_program) {
            return Ok(false);
        }
        if !amount.is_zero() {
            exchange.accounted = exchange.accounted.minus(amount).checked()?;
            let vault = Vault::of_exchange(insurer.vault, exchange.address(), exchange.vault_bump);
            vault.pay(insurer.token_program, insurer.quote_mint, to, amount.0)?;
        }
        Ok(true)
    }

    /// Insurance pays keepers for an account that has nothing left to pay them, where its accounts are at hand.
    #[inline(never)]
    fn pay_floor(&mut self, now: i64) -> Result<()> {
        let (account, market) = (*self.margin.address(), *self.market.address());
        let Some((mut insurer, core)) = self.insurer() else { return Ok(()) };
        let floor = insurer.fund.money.keepers_floor(core, now).checked()?;
        let paid = floor.paid().checked()?;
        if paid.is_zero() {
            return Ok(());
        }
        insurer.pay(paid)?;
        self.pay(floor.flagger, floor.liquidator)?;
        emit!(KeepersPaid {
            account,
            market,
            to_flagger: floor.flagger.0,
            to_liquidator: floor.liquidator.0,
            from_own: floor.own.0,
            from_shared: floor.shared.0,
        });
        Ok(())
    }
}

/// The program's error, with the account that goes first in the log.
fn refuse(refusal: Refusal) -> ProgramError {
    if let Refusal::NotFirst(ahead) = &refusal {
        emit!(GoesFirst { account: Address::new_from_array(ahead.account), key: ahead.key.0 });
    }
    PlimsollError::from(refusal.error()).into()
}
