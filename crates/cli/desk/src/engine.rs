//! What the engine is asked for indirectly, until it says it itself (`trade::coverage_needed`, `Market::shared_allowance`).
//!
//! No formula is written down here: a copy of the market is put to the engine's own question.

use plimsoll_client::engine::{
    Result,
    insurance::Insurance,
    market::Market,
    trade::require_coverage,
    units::{Atoms, Pnl},
};

/// What net asset value must cover before new risk is taken: the smallest with which the engine takes it.
///
/// A claim of insurance lowers net asset value atom for atom, a treasury raises it: one of them is moved until the engine
/// changes its mind.
pub fn coverage_needed(market: &Market) -> Result<Pnl> {
    let passes = |offset: i64| {
        let mut book = market.book;
        (book.treasury, book.insurance_claim) = (Atoms(0), Atoms(0));
        let side = if offset < 0 { &mut book.insurance_claim } else { &mut book.treasury };
        *side = Atoms(offset.unsigned_abs());
        require_coverage(&market.risk, &book, &market.price)
            .is_ok()
            .then(|| book.nav(&market.risk, market.price.oracle))
    };
    // Twice the largest notional on either side.
    let (mut low, mut high) = (-(1_i64 << 61), 1_i64 << 61);
    while low + 1 < high {
        let middle = low + (high - low) / 2;
        if passes(middle).is_some() { high = middle } else { low = middle }
    }
    passes(high).unwrap_or_else(|| market.nav())
}

/// When the insurance window of now began, what was drawn on the shared part in it, and what may be drawn now.
pub fn window(market: &Market, fund: &Insurance, now: i64) -> Result<(i64, Atoms, Atoms)> {
    let (mut market, mut fund) = (*market, *fund);
    // More than there can be.
    market.book.deficit = Atoms(1 << 59);
    let draw = fund.draw(&mut market, now)?;
    Ok((market.insurance_window_start, market.insurance_drawn.minus(draw.shared)?, draw.shared))
}
