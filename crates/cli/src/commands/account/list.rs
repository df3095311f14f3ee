//! `plimsoll account list`.

use clap::Args;
use plimsoll_client::{Address, state::MarginAccount};
use plimsoll_desk::AccountFigures;
use serde::Serialize;
use solana_signer::Signer;

use crate::{
    failure::Failure,
    page::{Answer, Page, print},
    session::Session,
    units::{multiple, usd},
    words,
};

/// Where an owner stands in a margin account's data.
const OWNER: usize = 40;

/// Lists all margin accounts of an owner.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  plimsoll account list\n  plimsoll account list 7Yh3dJqUqJkq1fmk4bHF5n8jVHYMxGpi7oJbBqZKSFqX --json"
)]
pub struct List {
    /// The owner; else the key that signs
    owner: Option<Address>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Accounts {
    owner: String,
    time: i64,
    accounts: Vec<AccountFigures>,
}

impl List {
    pub(super) async fn run(&self, session: &Session) -> Result<(), Failure> {
        let owner = match self.owner {
            Some(owner) => owner,
            None => session.signer()?.pubkey(),
        };
        let found = session.rpc.all_where::<MarginAccount>(OWNER, &owner).await?;
        let mut ours: Vec<_> = found.into_iter().filter(|(_, account)| account.exchange == session.exchange).collect();
        ours.sort_by_key(|(_, account)| account.index);
        let addresses: Vec<_> = ours.into_iter().map(|(address, _)| address).collect();
        let snapshot = session.look(&addresses).await?;
        let figures = snapshot.accounts.iter().map(|(address, _)| snapshot.venue.account_figures(address, snapshot.at));
        let accounts = figures.collect::<Result<_, _>>()?;
        print(&Accounts { owner: owner.to_string(), time: snapshot.at.time, accounts }, session.global.json);
        Ok(())
    }
}

impl Answer for Accounts {
    fn show(&self, page: &mut Page) {
        if self.accounts.is_empty() {
            return page.say(format!("{} has no margin account here: `plimsoll account open` opens one.", self.owner));
        }
        let headings = ["#", "account", ">cash", ">equity", ">maintenance", ">health", "positions", "state"];
        let rows = self.accounts.iter().map(|account| {
            vec![
                account.index.to_string(),
                account.address.clone(),
                usd(account.cash),
                usd(account.equity),
                usd(account.maintenance),
                account.health_ppm.map_or_else(|| "-".into(), multiple),
                account.legs.len().to_string(),
                words::account(&account.state).1.into(),
            ]
        });
        page.table(&headings, rows);
    }
}
