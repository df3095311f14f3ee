//! Actions on positions that have not caught up with their side: the same as on those that have.

use plimsoll_engine::{
    account::Health,
    bankruptcy::close_bankrupt,
    deleverage::reduce,
    liquidation::{close, step_size},
    margin::{leg_health, leg_initial},
    mark::{Leg, mark, payable},
    market::{Market, status},
    order::Order,
    position::Position,
    settlement::settle,
    trade::{Rest, fill},
    units::{Atoms, Wide},
};
use words::I128;

use crate::{
    exact::*,
    run::{Rule, Tally},
    world::*,
};

/// All of them.
pub const RULES: &[Rule] = &[Rule { name: "side/actions-touch-first", parts: 256, run: stale }];

fn stale(part: usize, t: &mut Tally) {
    let cash = part as i64;
    let [plain, parted, _] = risks();
    for risk in [plain, parted] {
        for n in [-4, -3, 3, 5] {
            for gain in (-40..60).step_by(7) {
                for keep in [1, 3, 5, 9] {
                    for funding in [0, 7, -7, 30] {
                        let mut market = market(risk, 6, 90);
                        let long = n > 0;
                        let Some(position) = try_hold(&mut market.book, long, n, n * 6 - gain) else { continue };
                        if try_hold(&mut market.book, long, n.signum() * 2, n.signum() * 9).is_none() {
                            continue;
                        }
                        let side = market.book.side_mut(long);
                        if reduce(side, long, size(keep), ticks(5)).is_err() {
                            continue;
                        }
                        let wide = |value: i64| Wide::of(I128::new(value).expect("small"));
                        let lots = (side.lots.0.get() << words::bits::LOT) + side.lots_fraction.get();
                        side.owed = wide(ceil(lots * funding, 1 << words::bits::LOT));
                        side.indices.funding =
                            wide(ceil(funding * side.indices.factor.get(), 1 << words::bits::FACTOR));
                        let (mut touched, mut caught_up) = (market, position);
                        if touched.book.touch(&mut caught_up, ticks(6)).is_err() {
                            continue;
                        }
                        t.count(caught_up != position);
                        same(t, atoms(cash), (&market, &position), (&touched, &caught_up));
                    }
                }
            }
        }
    }
}

type Account<'a> = (&'a Market, &'a Position);

/// Whatever is done gives the same from both.
fn same(t: &mut Tally, cash: Atoms, stale: Account<'_>, fresh: Account<'_>) {
    let case = |what: &str| format!("{what} with {cash:?} of {:?}, touched {:?}", stale.1, fresh.1);
    let looks = |(market, position): Account<'_>| {
        let health = leg_health(position, market, ticks(6));
        let size = health.and_then(|leg| {
            let mut health = Health::of_cash(cash)?;
            health.add(&leg)?;
            step_size(market, &health, &leg, position, NOW)
        });
        (health, size, payable(position, market))
    };
    // A look leaves the fraction of a lot in the totals that a touch takes out: it shows where profits count in part, and
    // in what new risk requires.
    let solvent = |(market, _): Account<'_>| nav(&market.risk, &Money::of(&market.book), 6) >= 0;
    t.require(!solvent(stale) || !solvent(fresh) || looks(stale) == looks(fresh), || case("looked at"));
    let initial = |(market, position): Account<'_>| {
        leg_initial(position, &market.risk, &market.book, &market.price).map(|leg| leg.requirement)
    };
    let asked = (initial(stale), initial(fresh));
    t.require(asked.0.is_err() || asked.1.is_ok_and(|fresh| asked.0.is_ok_and(|stale| stale >= fresh)), || {
        case("asked")
    });
    let fills = |(market, position): Account<'_>, n: i64| {
        let order = Order { lots: lots(n), limit: ticks(if n > 0 { 30 } else { 0 }), ..Order::default() };
        fill(cash, &Rest::default(), position, market, &order, &market.price)
    };
    for n in [-5, -1, 1, 2] {
        t.require(fills(stale, n) == fills(fresh, n), || case("filled"));
    }
    let acts = |(market, position): Account<'_>, act: &dyn Fn(&mut Atoms, &mut Position, &mut Market) -> bool| {
        let (mut purse, mut after, mut held) = (cash, *market, *position);
        let done = act(&mut purse, &mut held, &mut after);
        done.then_some((purse, after, held))
    };
    let marks = |purse: &mut Atoms, position: &mut Position, market: &mut Market| {
        mark(purse, &mut [Leg { position, market }]).is_ok()
    };
    t.require(acts(stale, &marks) == acts(fresh, &marks), || case("marked"));
    let bankrupts = |purse: &mut Atoms, position: &mut Position, market: &mut Market| {
        close_bankrupt(purse, &mut [Leg { position, market }], NOW, None).is_ok()
    };
    t.require(acts(stale, &bankrupts) == acts(fresh, &bankrupts), || case("bankrupt"));
    for n in [1, 2, 9] {
        let closes = |purse: &mut Atoms, position: &mut Position, market: &mut Market| {
            close(purse, position, market, pnl(9), size(n), ticks(6), NOW).is_ok()
        };
        t.require(acts(stale, &closes) == acts(fresh, &closes), || case("closed"));
    }
    let settles = |purse: &mut Atoms, position: &mut Position, market: &mut Market| {
        (market.status, market.book.withheld, market.settlement.price) = (status::SETTLING, 1, ticks(6));
        market.settlement.open = 2;
        settle(purse, position, market).is_ok()
    };
    t.require(acts(stale, &settles) == acts(fresh, &settles), || case("settled"));
}
