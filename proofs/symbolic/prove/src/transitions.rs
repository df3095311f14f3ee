//! The transitions, one module per module of the engine.

mod insurance;
mod mark;
mod math;

use crate::transition::Transition;

/// What most of them need.
#[allow(unused_imports)]
mod prelude {
    pub(super) use plimsoll_engine::{
        account::{Health, Initial},
        book::{Book, Side, premium},
        insurance::Insurance,
        mark::{Leg, Purse},
        market::Market,
        math,
        position::Position,
        price::Price,
        risk::Risk,
        units::{Atoms, Lots, Pnl, Ratio, Reciprocal, Size, Ticks},
    };

    pub(super) use crate::{
        expr::{ALWAYS, Expr, NEVER, all, any, e, eq, le, lt, power},
        given::{self, ONE, atoms, bounded, pnl, ratio, ticks, word},
        transition::{Of, Transition, assume, cap, always_fitting, choose, claim, either, fitting, mention},
    };
}

/// All of them.
pub fn all() -> impl Iterator<Item = &'static Transition> {
    [math::LIST, insurance::LIST, mark::LIST].into_iter().flatten()
}
