//! All rules.

mod account;
mod arithmetic;
mod exits;
mod fill;
mod liquidate;
mod margin;
mod mark;
mod order;
mod pool;
mod prices;
mod protection;
mod quotes;
mod settlement;
mod side;
mod stale;
mod vaults;
mod venue;
mod words;

use crate::run::Rule;

/// In the order in which they run.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    [
        words::RULES,
        arithmetic::RULES,
        pool::RULES,
        margin::RULES,
        mark::RULES,
        fill::RULES,
        venue::RULES,
        liquidate::RULES,
        vaults::RULES,
        order::RULES,
        account::RULES,
        prices::RULES,
        exits::RULES,
        quotes::RULES,
        side::RULES,
        stale::RULES,
        settlement::RULES,
        protection::RULES,
    ]
    .into_iter()
    .flatten()
}
