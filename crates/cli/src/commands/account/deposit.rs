//! `plimsoll account deposit`.

use clap::Args;
use plimsoll_client::{Address, events::Deposited, explain::events, transaction::Draft};
use serde::Serialize;
use solana_signer::Signer;

use super::named;
use crate::{
    decimal::Decimal,
    failure::{Failure, Kind},
    page::{Answer, Page, Tone, print},
    session::{Done, Session},
    tokens,
    units::{atoms, usd},
};

/// Puts collateral into a margin account. Anybody may, into any account.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  plimsoll account deposit 1000\n  plimsoll account deposit 250.50 --into 7Yh3dJqUqJkq1fmk4bHF5n8jVHYMxGpi7oJbBqZKSFqX"
)]
pub struct Deposit {
    /// How much of the quote token
    amount: Decimal,
    /// Another margin account, or its owner
    #[arg(long, value_name = "ADDRESS")]
    into: Option<Address>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Paid {
    account: String,
    amount: u64,
    cash: Option<u64>,
    transaction: Done,
}

impl Deposit {
    pub(super) async fn run(&self, session: &Session) -> Result<(), Failure> {
        let amount = atoms("the amount", self.amount)?;
        let signer = session.signer()?;
        let (owner, house) = (signer.pubkey(), session.house().await?);
        let margin = named(session, self.into).await?;
        session.look_at_account(&margin).await?;
        let source = tokens::associated(&owner, &house.quote_mint, &house.token_program);
        let held = tokens::balance(session, &source).await?.unwrap_or_default();
        if held < amount {
            let sentence = format!("the wallet {owner} holds {} of the quote token, not {}", usd(held), usd(amount));
            return Err(Failure::new(Kind::Refused, "InsufficientFunds", sentence));
        }
        let deposit = house.deposit(owner, margin, source, amount);
        let transaction = session.send(Draft::of(&deposit, 1), &[&signer]).await?;
        let cash = events::<Deposited>(&transaction.logs).next().map(|event| event.cash);
        print(&Paid { account: margin.to_string(), amount, cash, transaction }, session.global.json);
        Ok(())
    }
}

impl Answer for Paid {
    fn show(&self, page: &mut Page) {
        let cash = self.cash.map_or_else(String::new, |cash| format!(": its cash is {}", usd(cash)));
        if self.transaction.dry_run {
            return page.say(format!("A deposit of {} would pass{cash}.", usd(self.amount)));
        }
        page.line(Tone::Good, &format!("Deposited {} into account {}{cash}.", usd(self.amount), self.account));
        self.transaction.show_signature(page);
    }
}
