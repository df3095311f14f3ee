//! `plimsoll trade`: orders, and what becomes of them.

mod cancel;
mod open;
mod orders;
mod placing;
mod reduce;
mod trigger;

use clap::{Args, Subcommand};
pub(super) use open::signed;
use plimsoll_client::{Address, house::legs_of, state::MarginAccount};
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::{decimal::Percent, failure::Failure, session::Session, snapshot::Snapshot, units::Units};

/// What can be done in a market.
#[derive(Debug, Subcommand)]
pub enum Trade {
    /// Open or add to a long, by size or by risk
    #[command(
        after_help = "Examples:\n  plimsoll trade long SOL --size 2.5\n  plimsoll trade long SOL --size 2.5 --limit 171.40\n  plimsoll trade long SOL --risk 100 --stop 95"
    )]
    Long(open::Open),
    /// Open or add to a short, by size or by risk
    #[command(
        after_help = "Examples:\n  plimsoll trade short ETH --size 0.5 --slippage 0.3%\n  plimsoll trade short SOL --risk 100 --stop 260"
    )]
    Short(open::Open),
    /// Close a position
    #[command(after_help = "Examples:\n  plimsoll trade close SOL\n  plimsoll trade close SOL --limit 168")]
    Close(reduce::Close),
    /// Close a part of a position
    #[command(after_help = "Examples:\n  plimsoll trade reduce SOL --size 1")]
    Reduce(reduce::Reduce),
    /// Close at a price that is worse than the present one
    #[command(
        after_help = "Examples:\n  plimsoll trade stop SOL --price 160\n  plimsoll trade stop SOL --price 160 --size 1 --limit 155"
    )]
    Stop(trigger::Stop),
    /// Close at a price that is better than the present one
    #[command(after_help = "Examples:\n  plimsoll trade take-profit SOL --price 220")]
    TakeProfit(trigger::TakeProfit),
    /// Cancel orders whose price is not known yet, or end expired ones
    #[command(
        after_help = "Examples:\n  plimsoll trade cancel 12\n  plimsoll trade cancel --market SOL\n  plimsoll trade cancel --all"
    )]
    Cancel(cancel::Cancel),
    /// Orders that have not ended, and the last ones that have
    #[command(after_help = "Examples:\n  plimsoll trade orders\n  plimsoll trade orders --last 20 --json")]
    Orders(orders::Orders),
}

impl Trade {
    /// Does it.
    pub async fn run(&self, session: &Session) -> Result<(), Failure> {
        match self {
            Self::Long(command) => command.run(session, true).await,
            Self::Short(command) => command.run(session, false).await,
            Self::Close(command) => command.run(session).await,
            Self::Reduce(command) => command.run(session).await,
            Self::Stop(command) => command.run(session).await,
            Self::TakeProfit(command) => command.run(session).await,
            Self::Cancel(command) => command.run(session).await,
            Self::Orders(command) => command.run(session).await,
        }
    }
}

/// How far a fill may be from the price, and whether to wait for it.
#[derive(Args, Clone, Copy, Debug)]
struct Terms {
    /// Worst average price, premium and spread included; else the price and the slippage
    #[arg(long, value_name = "PRICE", conflicts_with = "slippage")]
    limit: Option<crate::decimal::Decimal>,
    /// How far the fill may be from the present price
    #[arg(long, value_name = "PERCENT", default_value = "1%")]
    slippage: Percent,
    /// Return as soon as the order is placed
    #[arg(long)]
    no_wait: bool,
}

/// One's own account before an order.
struct Desk {
    signer: Keypair,
    margin: Address,
    state: MarginAccount,
    snapshot: Snapshot,
}

impl Desk {
    async fn open(session: &Session) -> Result<Self, Failure> {
        let signer = session.signer()?;
        let margin = session.own_account(&signer.pubkey());
        let (snapshot, state) = session.look_at_account(&margin).await?;
        Ok(Self { signer, margin, state, snapshot })
    }

    /// Markets of the legs outside the one that is traded.
    fn others(&self, market: &Address) -> Vec<Address> {
        legs_of(&self.state, Some(market))
    }

    /// Legs that the program will look at.
    fn legs(&self, market: &Address) -> usize {
        self.others(market).len() + 1
    }

    /// Signed lots that are held in a market.
    fn held(&self, market: &Address, units: &Units) -> Result<i64, Failure> {
        let figures = self.snapshot.venue.account_figures(&self.margin, self.snapshot.at)?;
        let leg = figures.legs.into_iter().find(|leg| leg.market == market.to_string());
        let lots = leg.map_or(0, |leg| leg.lots);
        if lots == 0 {
            return Err(Failure::not_found(format!("account {} has no position in {}", self.margin, units.name)));
        }
        Ok(lots)
    }
}

impl Terms {
    /// The worst price in ticks of an order that buys or sells around a price.
    fn limit(
        &self,
        desk: &Desk,
        market: &Address,
        units: &Units,
        buys: bool,
        around: Option<u64>,
    ) -> Result<u64, Failure> {
        if let Some(limit) = self.limit {
            return units.ticks("--limit", limit);
        }
        let venue = &desk.snapshot.venue;
        Ok(match around {
            Some(price) => venue.limit_around(market, price, buys, self.slippage.0)?,
            None => venue.limit_for(market, buys, self.slippage.0)?,
        })
    }
}
