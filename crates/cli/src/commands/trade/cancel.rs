//! `plimsoll trade cancel`.

use clap::Args;
use plimsoll_client::{
    events::{OrderCancelled, OrderExpired},
    explain::events,
    house,
    transaction::Draft,
};
use serde::Serialize;
use solana_signer::Signer;

use super::Desk;
use crate::{
    failure::Failure,
    page::{Answer, Page, Tone, print},
    session::{Done, Session},
    units::usd,
};

/// Ends orders.
#[derive(Args, Debug)]
pub struct Cancel {
    /// Orders by their numbers
    #[arg(required_unless_present_any = ["market", "all"])]
    orders: Vec<u64>,
    /// All orders in a market
    #[arg(long, value_name = "MARKET", conflicts_with = "orders")]
    market: Option<String>,
    /// All orders
    #[arg(long, conflicts_with_all = ["orders", "market"])]
    all: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Cancelled {
    account: String,
    transaction: Option<Done>,
    orders: Vec<Ended>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Ended {
    sequence: u64,
    /// What came back; nothing for an order that had expired.
    returned: u64,
    /// What was kept of an order that had expired.
    kept: u64,
}

impl Cancel {
    pub(super) async fn run(&self, session: &Session) -> Result<(), Failure> {
        let desk = Desk::open(session).await?;
        let market = match &self.market {
            Some(wanted) => Some(desk.snapshot.market(session, wanted)?.0),
            None => None,
        };
        let waiting = desk.state.orders.iter().enumerate().filter(|(_, slot)| !slot.order.is_empty());
        let wanted = |sequence: u64, of| self.all || market == Some(of) || self.orders.contains(&sequence);
        let chosen: Vec<_> = waiting.filter(|(_, slot)| wanted(slot.order.sequence, slot.market)).collect();
        let missing = self.orders.iter().find(|number| chosen.iter().all(|(_, slot)| slot.order.sequence != **number));
        if let Some(number) = missing {
            return Err(Failure::not_found(format!(
                "account {} has no order {number}: it may have ended",
                desk.margin
            )));
        }
        let mut draft = Draft::default();
        for (place, _) in &chosen {
            let place = u8::try_from(*place).unwrap_or(u8::MAX);
            if let Some(cancel) = house::cancel((desk.margin, &desk.state), place, desk.signer.pubkey()) {
                draft = draft.and(&cancel, 1);
            }
        }
        let transaction = match chosen.is_empty() {
            true => None,
            false => Some(session.send(draft, &[&desk.signer]).await?),
        };
        let logs = transaction.as_ref().map_or(&[][..], |done| &done.logs);
        let back = events::<OrderCancelled>(logs).map(|event| (event.sequence, event.fee, 0));
        let kept = events::<OrderExpired>(logs).map(|event| (event.sequence, 0, event.fee));
        let orders = back.chain(kept).map(|(sequence, returned, kept)| Ended { sequence, returned, kept }).collect();
        print(&Cancelled { account: desk.margin.to_string(), transaction, orders }, session.global.json);
        Ok(())
    }
}

impl Answer for Cancelled {
    fn show(&self, page: &mut Page) {
        let Some(transaction) = &self.transaction else { return page.say("No order waits there.") };
        for order in &self.orders {
            if order.kept > 0 {
                page.say(format!("Order {} had expired: its fee of {} is kept.", order.sequence, usd(order.kept)));
            } else {
                page.line(
                    Tone::Good,
                    &format!("Order {} is cancelled: {} came back.", order.sequence, usd(order.returned)),
                );
            }
        }
        transaction.show_signature(page);
    }
}
