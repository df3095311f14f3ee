use anchor_lang::prelude::*;

use crate::{errors::PlimsollError, legs::load_mut, refreshing::refresh, state::Market};

/// Takes newer prices for many markets. Each follows with its two oracle accounts; this program's address stands for one
/// that is left out, as it does for every optional account.
///
/// A market that has nothing new keeps none of the others from being refreshed, if at least one of them is.
#[derive(Accounts)]
pub struct RefreshMarkets {}

impl RefreshMarkets {
    pub fn handle(&mut self, accounts: &[AccountView]) -> Result<()> {
        let clock = Clock::get()?;
        let mut outcome = Err(PlimsollError::NoSourceGiven.into());
        for group in accounts.chunks(3) {
            let [market, oracles @ ..] = group else { continue };
            let [first, second] = oracles else { return Err(PlimsollError::NoSourceGiven.into()) };
            let given = |account: &'_ AccountView| *account.address() != crate::ID;
            let mut market = load_mut::<Market>(*market)?;
            let taken =
                refresh(&mut market, Some(first).filter(|a| given(a)), Some(second).filter(|a| given(a)), &clock);
            match taken {
                Ok(()) => outcome = Ok(()),
                Err(error) if is_stale(&error) => outcome = outcome.or(Err(error)),
                Err(error) => return Err(error),
            }
        }
        outcome
    }
}

/// Whether a refusal only says that there is nothing new.
fn is_stale(error: &Error) -> bool {
    [PlimsollError::PriceNotNewer, PlimsollError::PriceTooOld].into_iter().any(|old| *error == Error::from(old))
}
