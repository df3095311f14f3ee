//! `plimsoll account withdraw`.

use clap::Args;
use plimsoll_client::{Address, events::Withdrawn, explain::events, transaction::Draft};
use serde::Serialize;
use solana_signer::Signer;

use crate::{
    decimal::Decimal,
    failure::{Failure, Kind},
    page::{Answer, Page, Tone, print},
    session::{Done, Session},
    tokens,
    units::{atoms, usd},
};

/// Takes free collateral out of one's own margin account.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  plimsoll account withdraw 250\n  plimsoll account withdraw --all")]
pub struct Withdraw {
    /// How much of the quote token
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    amount: Option<Decimal>,
    /// As much as can leave now
    #[arg(long)]
    all: bool,
    /// Token account that is paid; else the wallet's own
    #[arg(long, value_name = "ADDRESS")]
    to: Option<Address>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Taken {
    account: String,
    amount: u64,
    destination: String,
    cash: Option<u64>,
    transaction: Done,
}

impl Withdraw {
    pub(super) async fn run(&self, session: &Session) -> Result<(), Failure> {
        let signer = session.signer()?;
        let (owner, house) = (signer.pubkey(), session.house().await?);
        let margin = session.own_account(&owner);
        let (snapshot, state) = session.look_at_account(&margin).await?;
        let amount = match self.amount {
            Some(amount) => atoms("the amount", amount)?,
            None => {
                let free = snapshot.venue.account_figures(&margin, snapshot.at)?.withdrawable;
                if free.amount == 0 {
                    return Err(Failure::new(
                        Kind::Refused,
                        "NothingFree",
                        format!("nothing can leave: {}", free.sentence),
                    ));
                }
                free.amount
            }
        };
        let own = tokens::associated(&owner, &house.quote_mint, &house.token_program);
        let destination = self.to.unwrap_or(own);
        let mut draft = Draft::default();
        if destination == own {
            let create = tokens::create(&owner, &owner, &house.quote_mint, &house.token_program);
            draft = draft.with(create, tokens::CREATE_UNITS);
        }
        let legs = state.legs.iter().filter(|leg| !leg.is_free()).count();
        let withdraw = house.withdraw((margin, &state), destination, amount);
        let transaction = session.send(draft.and(&withdraw, legs), &[&signer]).await?;
        let cash = events::<Withdrawn>(&transaction.logs).next().map(|event| event.cash);
        let (account, destination) = (margin.to_string(), destination.to_string());
        print(&Taken { account, amount, destination, cash, transaction }, session.global.json);
        Ok(())
    }
}

impl Answer for Taken {
    fn show(&self, page: &mut Page) {
        let cash = self.cash.map_or_else(String::new, |cash| format!(": its cash is {}", usd(cash)));
        if self.transaction.dry_run {
            return page.say(format!("A withdrawal of {} would pass{cash}.", usd(self.amount)));
        }
        page.line(Tone::Good, &format!("Withdrew {} from account {}{cash}.", usd(self.amount), self.account));
        self.transaction.show_signature(page);
    }
}
