//! The accounts at the end, to the atom.

use plimsoll_tests::world::USD;

use crate::{
    books::{Books, Bridge, premium_of},
    keeper::Keeper,
    market::Desk,
    opening::Member,
    screen::{Screen, exact, usd},
    winners::Winners,
};

fn amounts(screen: &Screen, rows: &[(&str, i128)]) {
    for (name, amount) in rows {
        screen.say(&format!("  {name:<52}{:>26}", exact(*amount)));
    }
}

/// Both vaults and what they are owed to.
pub fn ledger(screen: &Screen, desk: &Desk) {
    let (ledger, book) = (&desk.world.ledger, &desk.state().core.book);
    let cash: i128 = ledger.margins.values().map(|margin| i128::from(margin.cash.0)).sum();
    let escrow: i128 = ledger.margins.values().map(|m| i128::from(m.escrow().unwrap_or_default().0)).sum();
    let fund = ledger.fund.map(|(_, fund)| fund.money).unwrap_or_default();
    let parts = [i128::from(book.treasury.0), i128::from(book.fees.0), i128::from(ledger.excess)];
    let owed = cash + escrow + parts.iter().sum::<i128>();
    let (vault, insurance) = (i128::from(ledger.vault), i128::from(ledger.insurance_vault));
    let insured = i128::from(fund.shared.0) + i128::from(fund.own.0) + i128::from(ledger.insurance_excess);
    screen.title("The ledger, to the atom");
    amounts(
        screen,
        &[
            ("vault: tokens held", vault),
            ("  cash of all margin accounts", cash),
            ("  fees of waiting orders", escrow),
            ("  treasury", parts[0]),
            ("  liquidation fees not swept", parts[1]),
            ("  sent by strangers", parts[2]),
            ("  difference", vault - owed),
            ("insurance vault: tokens held", insurance),
            ("  shared, of the stakers", i128::from(fund.shared.0)),
            ("  this market's own", i128::from(fund.own.0)),
            ("  sent by strangers", i128::from(ledger.insurance_excess)),
            ("  difference", insurance - insured),
        ],
    );
}

/// Where net asset value came from.
pub fn bridge(screen: &Screen, desk: &Desk) {
    let rows = |bridge: &Bridge| {
        [
            ("  deposits", bridge.deposits),
            ("  order fees and spreads", bridge.trading),
            ("  price moves on the traders' net position", bridge.price),
            ("  premium for the skew", bridge.premium),
            ("  funding, paid less received", bridge.funding),
            ("  liquidation charges", bridge.charges),
            ("  losses of bankrupt accounts beyond their cash", bridge.deficits),
            ("  paid by insurance for them", bridge.insurance),
        ]
    };
    let nav = desk.state().core.nav().map_or(0, |nav| i128::from(nav.0));
    let Books { bridge, at_jump, .. } = &desk.books;
    screen.title("The liquidity providers' net asset value, explained by the events");
    amounts(screen, &rows(bridge));
    amounts(screen, &[("net asset value", nav), ("  difference", nav - bridge.total())]);
    if let (Some(jump), Some(since)) = (at_jump, desk.books.since_jump()) {
        screen.say("since the jump:");
        amounts(screen, &[("net asset value at the jump, nobody closed yet", jump.total())]);
        amounts(screen, &rows(&since)[1..]);
        amounts(screen, &[("net asset value", nav), ("  difference", nav - jump.total() - since.total())]);
    }
}

/// Everybody's gain: the sum is zero.
pub async fn gains(screen: &Screen, desk: &mut Desk, keeper: &Keeper, members: &[Member], winners: &Winners) {
    let core = desk.state().core;
    let mut sides = [0i128; 2];
    // Net asset value counts what is not charged yet in whole atoms, down; positions are charged up, one by one.
    let mut rounding = -(core.book.long.owed.get() >> 32) - (core.book.short.owed.get() >> 32);
    for member in members {
        let margin = *desk.world.margin(&member.trader);
        let (price, held) = (core.price.oracle, margin.position(0));
        let touched = core.book.touched(&held, price).unwrap_or(held);
        rounding += i128::from(touched.cost.0) - i128::from(held.cost.0);
        let open = touched.pnl(price).map_or(0, |pnl| i128::from(pnl.0));
        let outside = i128::from(desk.world.chain.token_amount(&member.trader.tokens).await);
        let worth = i128::from(margin.cash.0) + open + outside;
        sides[usize::from(member.plan.lots < 0)] += worth - i128::from(member.plan.deposit);
    }
    let ledger = &desk.world.ledger;
    let staked = i128::from(desk.staked * USD);
    let keeper = i128::from(ledger.margins[&keeper.account()].cash.0);
    let nav = core.nav().map_or(0, |nav| i128::from(nav.0)) - desk.books.bridge.deposits;
    let insurance = i128::from(ledger.insurance_vault) + i128::from(core.book.fees.0) - staked;
    let premium = premium_of(&core);
    let total = sides[0] + sides[1] + keeper + nav + insurance + premium + rounding;
    screen.title("Who gained and who lost");
    amounts(
        screen,
        &[
            ("  traders who were long", sides[0]),
            ("  traders who were short", sides[1]),
            ("  keeper, for flags, liquidations and executions", keeper),
            ("  liquidity providers", nav),
            ("  insurance fund", insurance),
            ("  premium held for those who will close the skew", premium),
            ("  rounding of funding that is not charged yet", rounding),
            ("sum", total),
        ],
    );
    let Winners { count, brought, taken } = winners;
    screen.say(&format!("{count} shorts closed and withdrew all: brought {}, took {}", usd(*brought), usd(*taken)));
}
