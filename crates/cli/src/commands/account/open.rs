//! `plimsoll account open`.

use clap::Args;
use plimsoll_client::{instructions::OpenAccount, transaction::Draft};
use serde::Serialize;
use solana_signer::Signer;

use crate::{
    failure::Failure,
    page::{Answer, Page, Tone, print},
    session::{Done, Session},
};

/// Opens a margin account.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  plimsoll account open\n  plimsoll account open --index 1")]
pub struct Open {}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Opened {
    account: String,
    owner: String,
    index: u16,
    /// Whether there was one already: then nothing was sent.
    existed: bool,
    transaction: Option<Done>,
}

impl Open {
    pub(super) async fn run(&self, session: &Session) -> Result<(), Failure> {
        let signer = session.signer()?;
        let owner = signer.pubkey();
        let (margin, index) = (session.own_account(&owner), session.global.index);
        session.house().await?;
        let existed = session.rpc.raw(&margin).await?.is_some();
        let transaction = if existed {
            None
        } else {
            let open = OpenAccount { owner, exchange: session.exchange, margin, index };
            Some(session.send(Draft::of(&open, 1), &[&signer]).await?)
        };
        let answer = Opened { account: margin.to_string(), owner: owner.to_string(), index, existed, transaction };
        print(&answer, session.global.json);
        Ok(())
    }
}

impl Answer for Opened {
    fn show(&self, page: &mut Page) {
        match &self.transaction {
            None => page.say(format!("Account {} is open already.", self.account)),
            Some(done) if done.dry_run => page.say(format!("Account {} can be opened.", self.account)),
            Some(done) => {
                page.line(Tone::Good, &format!("Opened account {} (number {}).", self.account, self.index));
                done.show_signature(page);
            }
        }
    }
}
