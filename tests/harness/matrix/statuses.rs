//! What every instruction does in every status: one good call of each, in a market held to it.

use std::fmt::Write as _;

use plimsoll_client::{
    Address,
    engine::{
        breakers::reason,
        guard::Guard,
        market::{Market as Core, status},
        settlement::Settlement,
    },
    events::OrderFailed,
    instructions::{ExecuteOrder, PlaceOrder},
    state::Market,
    wire::AccountLayout,
};
use solana_keypair::Keypair;

use super::{
    arguments::Shape,
    cast::{Cast, Kind},
    fixtures::{AMOUNT, Fixture, all, fixture, with_two_legs},
};
use crate::World;

/// The columns.
pub const STATUSES: [&str; 9] = [
    "active",
    "reduce-only",
    "halted",
    "held to reduce-only",
    "held to halted",
    "not open yet",
    "a breaker tripped",
    "settling",
    "settled",
];
/// Columns in which positions can be reduced at a usable price.
const OPEN: usize = 7;
/// What a call that went through says.
pub const DONE: &str = "yes";
/// Exits, and what must never be closed: in each of the columns where positions are open, and those that are so in all.
pub const EXITS: [&str; 8] =
    ["order (reduces)", "execute (reduces)", "fire", "cancel", "mark", "deposit", "withdraw", "cancel_exit"];
const ALWAYS: [&str; 3] = ["deposit", "withdraw", "cancel_exit"];

/// One instruction's results, in the order of the columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub name: String,
    pub results: Vec<String>,
}

/// Runs one good call of each in all of them.
pub async fn run() -> Vec<Row> {
    let mut rows = Vec::new();
    let mut building = all();
    building.push(Box::pin(order()));
    building.push(Box::pin(execute()));
    for build in building {
        rows.push(examine(build.await).await);
    }
    rows
}

/// An order that reduces a position.
async fn order() -> Fixture {
    let mut cast = Cast::assemble().await;
    with_two_legs(&mut cast, (10_000, 10_000), (200, 200)).await;
    let build = World::order(&cast.scene.trader, &cast.scene.market, -10_000, 1);
    let key = cast.scene.trader.key.insecure_clone();
    let slots = [("authority", Kind::Person), ("margin", Kind::Margin), ("market", Kind::Market)];
    let arguments = [
        ("lots", Shape::Signed(8)),
        ("limit", AMOUNT),
        ("reduce_only", Shape::Flag),
        ("trigger", AMOUNT),
        ("trigger_above", Shape::Flag),
    ];
    Fixture { name: "order (reduces)", ..fixture(cast, &build, &[&key], &slots, &arguments) }
}

/// Its execution.
async fn execute() -> Fixture {
    let mut cast = Cast::assemble().await;
    with_two_legs(&mut cast, (10_000, 10_000), (200, 200)).await;
    let plain = World::order(&cast.scene.trader, &cast.scene.market, -10_000, 1);
    let key = cast.scene.trader.key.insecure_clone();
    cast.scene.world.send(&PlaceOrder { ..plain }, &[&key]).await.ok();
    cast.scene.world.chain.advance(3, 6).await;
    cast.publish(200);
    let build: ExecuteOrder = cast.scene.world.execute(&cast.scene.trader, &cast.scene.market, 0);
    let slots = [
        ("margin", Kind::Margin),
        ("market", Kind::Market),
        ("oracle", Kind::Oracle),
        ("executor", Kind::Market),
        ("leg 2", Kind::Market),
    ];
    Fixture { name: "execute (reduces)", ..fixture(cast, &build, &[], &slots, &[("place", Shape::Unsigned(1))]) }
}

async fn examine(mut fixture: Fixture) -> Row {
    let markets: Vec<Address> = fixture.world.ledger.markets.keys().copied().collect();
    let mut results = Vec::new();
    for column in 0..STATUSES.len() {
        // Everything that the call could write, as it was.
        let addresses = fixture.instruction.accounts.iter().map(|meta| meta.pubkey).chain(markets.iter().copied());
        let mut before = Vec::new();
        for address in addresses {
            let account = fixture.world.chain.account(&address).await;
            if account.as_ref().is_none_or(|account| !account.executable) {
                before.push((address, account));
            }
        }
        for address in &markets {
            hold(&mut fixture.world, address, column).await;
        }
        results.push(call(&mut fixture).await);
        for (address, account) in before {
            fixture.world.chain.restore(&address, account);
        }
    }
    Row { name: fixture.name.to_owned(), results }
}

/// Puts a market into a status. One that settles by itself stays as it is.
async fn hold(world: &mut World, address: &Address, column: usize) {
    let account = world.chain.account(address).await.expect("the market exists");
    let mut market = Market::decode(&account.data).expect("is a market");
    if market.core.status >= status::SETTLING {
        return;
    }
    let now = world.chain.now();
    let held = |level, longest| Guard { since: now, until: now + longest, level, ..Guard::default() };
    let core = &mut market.core;
    match column {
        0 => {}
        1 => core.status = status::REDUCE_ONLY,
        2 => core.status = status::HALTED,
        3 => core.guard = held(status::REDUCE_ONLY, plimsoll_client::engine::guard::REDUCE_ONLY_FOR),
        4 => core.guard = held(status::HALTED, plimsoll_client::engine::guard::HALTED_FOR),
        5 => core.guard = Guard::opening(now + 1),
        6 => core.breakers.tripped = reason::PRICE,
        7 => settle(core, now, 0),
        _ => settle(core, now, 1),
    }
    core.note_halts();
    world.chain.put(address, &plimsoll_client::ID, market.encode());
}

/// A settlement that has started, or whose first round is fixed.
fn settle(core: &mut Core, now: i64, fixed: u8) {
    core.status = status::SETTLING + fixed;
    core.book.withheld = 1;
    let open = u64::from(core.book.long.attached) + u64::from(core.book.short.attached);
    core.settlement = Settlement { since: now, price: core.price.oracle, open, fixed, ..Settlement::default() };
}

/// Whether it went through; an order that was closed unfilled did not.
async fn call(fixture: &mut Fixture) -> String {
    let signers: Vec<&Keypair> = fixture.signers.iter().collect();
    let outcome = fixture.world.chain.send(std::slice::from_ref(&fixture.instruction), &signers).await;
    if outcome.result.is_err() {
        return outcome.error();
    }
    match outcome.events::<OrderFailed>().first() {
        Some(failed) => {
            let error = crate::PlimsollError::from_code(failed.error).map_or("unknown", |error| error.name());
            format!("the order ends: {error}")
        }
        None => DONE.to_owned(),
    }
}

/// Closed exits: there are none.
pub fn closed(rows: &[Row]) -> Vec<String> {
    let mut found = Vec::new();
    for name in EXITS {
        let row = rows.iter().find(|row| row.name == name).expect("every exit has a row");
        let most = if ALWAYS.contains(&name) { STATUSES.len() } else { OPEN };
        for (status, result) in STATUSES.iter().zip(&row.results).take(most) {
            if result != DONE {
                found.push(format!("{name} while {status}: {result}"));
            }
        }
    }
    found
}

/// Where the page is kept.
pub fn page() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/statuses.md")
}

/// `docs/statuses.md`.
pub fn render(rows: &[Row]) -> String {
    let mut page = String::from("# Statuses\n\n");
    page += "Generated by `cargo run --bin matrix -- --write` in `tests`, from one good call of each instruction on the real\n";
    page += "binary with its markets in every status; a test fails when it differs. `yes`: it goes through. An error is the reason\n";
    page += "for which it does not: of the call or, after *the order ends*, of the order.\n\n";
    page += "The first three are a market's own statuses, the next two what the guardian holds it to, then a market that was\n";
    page += "created later than its exchange's first day and does not take risk yet, and one of whose breakers tripped. While it\n";
    page += "settles, positions are closed by `settle_position` and paid by `pay_claim` (whose rows are from markets that settle in earnest).\n\n";
    let _ = writeln!(page, "Exits that no status closes (I-12): `{}`.\n", EXITS.join("`, `"));
    let _ = writeln!(page, "| instruction | {} |\n|{}", STATUSES.join(" | "), "---|".repeat(STATUSES.len() + 1));
    for row in rows {
        let _ = writeln!(page, "| `{}` | {} |", row.name, row.results.join(" | "));
    }
    page
}
