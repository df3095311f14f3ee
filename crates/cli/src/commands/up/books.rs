//! Whether every token of the vaults is owed to somebody, to the atom (I-1).

use plimsoll_client::{
    addresses,
    state::{MarginAccount, Market},
};

use crate::{
    arguments::Global,
    failure::{Failure, Kind},
    session::Session,
    tokens,
    units::exact,
};

/// Fails unless the vaults hold what their counters say, and these what everybody is owed.
pub async fn check(global: &Global) -> Result<(), Failure> {
    let session = Session::open(global)?;
    let snapshot = session.look(&[]).await?;
    let accounts = session.rpc.all::<MarginAccount>(&session.exchange).await?;
    let owed_to_accounts = accounts.iter().map(|(_, account)| {
        let orders: u128 = account.orders.iter().map(|slot| u128::from(slot.order.fee.0)).sum();
        u128::from(account.cash.0) + orders
    });
    let owed_to_pools = snapshot
        .markets
        .iter()
        .map(|(_, market): &(_, Market)| u128::from(market.core.book.treasury.0) + u128::from(market.core.book.fees.0));
    let owed: u128 = owed_to_accounts.into_iter().chain(owed_to_pools).sum();
    balanced("the exchange's vault", owed, u128::from(snapshot.exchange.accounted.0))?;
    held(&session, "the exchange's vault", &addresses::vault(&session.exchange), snapshot.exchange.accounted.0).await?;
    if let Some(fund) = &snapshot.fund {
        let total = fund.money.total().map_err(plimsoll_desk::Refusal::from)?;
        balanced("the insurance vault", total.0.into(), fund.accounted.0.into())?;
        held(&session, "the insurance vault", &addresses::insurance_vault(&session.exchange), fund.accounted.0).await?;
    }
    Ok(())
}

fn balanced(vault: &str, owed: u128, accounted: u128) -> Result<(), Failure> {
    if owed == accounted {
        return Ok(());
    }
    let (owed, accounted) =
        (exact(i128::try_from(owed).unwrap_or(i128::MAX)), exact(i128::try_from(accounted).unwrap_or(i128::MAX)));
    let sentence = format!("{vault} counts {accounted} and owes {owed}: conservation is broken");
    Err(Failure::new(Kind::Refused, "Conservation", sentence))
}

/// A vault may hold more: what strangers sent.
async fn held(
    session: &Session,
    vault: &str,
    address: &plimsoll_client::Address,
    accounted: u64,
) -> Result<(), Failure> {
    let held = tokens::balance(session, address).await?.unwrap_or_default();
    if held >= accounted {
        return Ok(());
    }
    let sentence = format!("{vault} holds {} and counts {}: conservation is broken", exact(held), exact(accounted));
    Err(Failure::new(Kind::Refused, "Conservation", sentence))
}
