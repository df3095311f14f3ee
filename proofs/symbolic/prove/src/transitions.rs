//! The transitions, one module per module of the engine.

mod account;
mod bankruptcy;
mod exit;
mod fill;
mod insurance;
mod liquidation;
mod margin;
mod mark;
mod math;
mod notice;
mod order;
mod queue;
mod settlement;
mod shares;
mod side;
mod survey;
mod two;
mod valuation;

use crate::transition::Transition;

/// What most of them need.
#[allow(unused_imports)]
mod prelude {
    pub(super) use plimsoll_engine::{
        account::{Health, Initial},
        book::{Book, premium},
        insurance::Insurance,
        mark::{Leg, Purse},
        market::Market,
        math,
        position::Position,
        price::Price,
        risk::Risk,
        side::Side,
        units::{Atoms, Lots, Pnl, Ratio, Reciprocal, Size, Ticks},
    };

    pub(super) use crate::{
        expr::{ALWAYS, Expr, NEVER, all, any, e, eq, le, lt, power},
        given::{self, ONE, atoms, bounded, pnl, ratio, ticks, word},
        transition::{Of, Transition, always_fitting, assume, cap, capped, choose, claim, either, fitting, mention},
    };
}

/// All of them.
pub fn all() -> impl Iterator<Item = &'static Transition> {
    // The longest first: two of them run at a time.
    [
        two::LIST,
        survey::LIST,
        fill::LIST,
        liquidation::LIST,
        bankruptcy::LIST,
        valuation::LIST,
        margin::LIST,
        mark::LIST,
        side::LIST,
        settlement::LIST,
        exit::LIST,
        shares::LIST,
        account::LIST,
        insurance::LIST,
        order::LIST,
        queue::LIST,
        notice::LIST,
        math::LIST,
    ]
    .into_iter()
    .flatten()
}
