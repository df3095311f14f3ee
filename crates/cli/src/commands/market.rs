//! `plimsoll market`: all markets, or one of them in detail.

mod detail;
mod list;

use clap::Args;
pub(super) use list::funding;

use crate::{failure::Failure, page::print, session::Session};

/// Lists markets, or shows one.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  plimsoll market\n  plimsoll market SOL\n  plimsoll market SOL --json")]
pub struct Market {
    /// A market by its name, number or address; else all of them
    market: Option<String>,
}

impl Market {
    /// Does it.
    pub async fn run(&self, session: &Session) -> Result<(), Failure> {
        let snapshot = session.look_with_queues(&[]).await?;
        match &self.market {
            None => print(&list::Markets::of(&snapshot)?, session.global.json),
            Some(wanted) => {
                let (address, market, units) = snapshot.market(session, wanted)?;
                print(&detail::Detail::of(&snapshot, &address, &market, units)?, session.global.json);
            }
        }
        Ok(())
    }
}
