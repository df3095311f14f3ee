use anchor_lang::{pinocchio::cpi::set_return_data, prelude::*};
use plimsoll_engine::{
    account::{Initial, MAX_LEGS},
    survey::{Survey, initial_value},
    units::{Atoms, Ratio},
};

use crate::{checked::Checked, legs, state::MarginAccount, views::AccountHealth};

/// Says how an account stands, as return data. Writes nothing. The markets of all legs follow.
#[derive(Accounts)]
pub struct ViewAccount {
    pub margin: Account<MarginAccount>,
}

impl ViewAccount {
    pub fn handle(&mut self, others: &[AccountView]) -> Result<()> {
        let health = self.look(others)?;
        set_return_data(bytemuck::bytes_of(&health));
        Ok(())
    }

    #[inline(never)] // the survey would not fit the caller's stack frame
    fn look(&self, others: &[AccountView]) -> Result<AccountHealth> {
        let (margin, now) = (&self.margin, Clock::get()?.unix_timestamp);
        let mut survey = Survey::of_cash(margin.cash, now).checked()?;
        let mut initial = Initial::default().with_cash(margin.cash).checked()?;
        let mut current = true;
        let mut drifts = [Ratio::ZERO; MAX_LEGS];
        legs::visit(margin, None, others, |place, leg, market| {
            survey.add(place, &leg.position, &market.core).checked()?;
            match initial_value(&leg.position, &market.core, now) {
                Ok(value) => initial.add(&value).checked()?,
                Err(_) => current = false,
            }
            if let Some(drift) = drifts.get_mut(place) {
                *drift = market.core.risk.key_drift;
            }
            Ok(())
        })?;
        survey.count_fees(margin.escrow().checked()?).checked()?;
        let (health, flagged) = (&survey.health, margin.is_flagged(now));
        let worst = survey.leg_to_flag();
        let key = match worst.and_then(|place| drifts.get(place)) {
            Some(drift) => health.key(*drift).checked()?,
            None => Atoms::ZERO,
        };
        let free = if current && !flagged { initial.withdrawable(margin.cash) } else { Atoms::ZERO };
        Ok(AccountHealth {
            equity: health.equity.0,
            initial_equity: initial.equity.0,
            cash: margin.cash.0,
            escrow: survey.escrow.0,
            credit: health.credit.0,
            maintenance: health.maintenance.0,
            initial_requirement: initial.requirement.0,
            withdrawable: free.0,
            key: key.0,
            worst: worst.and_then(|place| margin.legs.get(place)).map_or_else(Address::default, |leg| leg.market),
            liquidatable: u8::from(health.is_liquidatable()),
            bankrupt: u8::from(health.is_bankrupt() && worst.is_some()),
            flagged: u8::from(flagged),
            initial_known: u8::from(current),
            padding: [0; 4],
        })
    }
}
