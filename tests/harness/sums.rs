//! What the positions of a market add up to, against what the market believes.

use plimsoll_client::{
    Address,
    engine::{
        indices::ADL_ONE,
        market::{Market, status},
        position::Position,
        settlement::{Round, stage},
        side::Side,
        units::{Pnl, Size, Ticks},
    },
};

/// What the positions of a side add up to.
#[derive(Debug, Default, PartialEq, Eq)]
struct Sums {
    lots: Size,
    cost: Pnl,
    /// Funding that they owe and are not charged yet, in 2^-32 atoms.
    owed: i128,
    attached: u32,
    sized: u32,
}

impl Sums {
    fn add(&mut self, side: &Side, position: &Position) {
        let lots = position.lots.size();
        self.lots = self.lots.plus(lots).expect("fits");
        self.cost = self.cost.plus(position.cost).expect("fits");
        self.attached += u32::from(!position.is_empty());
        if !lots.is_zero() {
            self.sized += 1;
            let moved = side.indices.funding.get() - position.indices.funding.get();
            self.owed += i128::from(lots.0) * moved;
        }
    }
}

/// I-3: side totals are the sums of the positions; after deleveraging, more by less than a lot for each of them.
///
/// `highest` is the highest price that the market ever had.
pub fn check_side(address: &Address, market: &Market, long: bool, positions: &[Position], highest: u64) {
    let name = format!("I-3: {} of {address}", if long { "longs" } else { "shorts" });
    let side = market.book.side(long);
    if side.epoch > 0 || side.indices.factor != ADL_ONE {
        return check_deleveraged(&name, side, long, positions, market.price.oracle, highest);
    }
    let mut sums = Sums::default();
    positions.iter().for_each(|position| sums.add(side, position));
    let totals =
        Sums { lots: side.lots, cost: side.cost, owed: side.owed.get(), attached: side.attached, sized: side.sized };
    assert_eq!((totals, side.lots_fraction), (sums, 0), "{name}");
}

/// What is left when everybody has caught up: no position holds more than the side has, nor is owed more.
fn check_deleveraged(name: &str, side: &Side, long: bool, positions: &[Position], price: Ticks, highest: u64) {
    let mut side = *side;
    let (mut sums, mut worth) = (Sums::default(), 0);
    for position in positions {
        let mut position = *position;
        side.touch(&mut position, price).expect("can be touched");
        sums.add(&side, &position);
        worth += i128::from(position.pnl(price).expect("fits").0);
    }
    let held = i128::from(sums.attached);
    assert_eq!((side.attached, side.sized), (sums.attached, sums.sized), "{name}: how many");
    let above = i128::from(side.lots.0) - i128::from(sums.lots.0);
    assert!(0 <= above && above <= held, "{name}: {above} lots more than {held} positions hold");
    let claims = i128::from(side.claims(long, price).expect("fits").0) - worth;
    let most = (held + 1) * (3 + i128::from(highest));
    assert!(-held <= claims && claims <= most, "{name}: claims exceed what {held} positions are owed by {claims}");
}

/// I-9: a settlement counts who is still to come, and keeps what claims are owed.
pub fn check_settlement(address: &Address, market: &Market, positions: &[Position]) {
    if market.status < status::SETTLING {
        return;
    }
    let settlement = &market.settlement;
    let open = positions.iter().filter(|position| position.stage == stage::OPEN).count();
    assert_eq!(settlement.open, open as u64, "I-9: open positions of {address}");
    let share = |claim: u128, round: &Round| {
        (claim * u128::from(round.pot.0)).checked_div(round.claims.0.into()).unwrap_or_default()
    };
    let (mut registered, mut late, mut due) = (0, 0, [0, 0]);
    for position in positions {
        let claim = u128::from(position.cost.loss().0);
        let first = if position.stage == stage::REGISTERED { share(claim, &settlement.first) } else { 0 };
        match position.stage {
            stage::REGISTERED => registered += claim,
            stage::LATE => late += claim,
            stage::PAID => {}
            _ => continue,
        }
        due[0] += first;
        due[1] += share(claim - first, &settlement.second);
    }
    assert!(registered <= u128::from(settlement.first.claims.0), "I-9: claims of {address}");
    assert!(settlement.fixed == 2 || late <= u128::from(settlement.second.claims.0), "I-9: late claims of {address}");
    if settlement.fixed > 0 {
        assert!(due[0] <= u128::from(settlement.first.unpaid.0), "I-9: round one of {address}");
    }
    if settlement.fixed > 1 {
        // The rests may exceed what the pot was fixed for by less than an atom each.
        let most = u128::from(settlement.second.unpaid.0) + positions.len() as u128;
        assert!(due[1] <= most, "I-9: round two of {address}");
    }
}
