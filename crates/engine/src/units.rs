//! Quantities as types. Only the products that mean something exist:
//!
//! | product | gives | rounding |
//! |---|---|---|
//! | `Lots x Ticks` | `Pnl` | none |
//! | `Size x Ticks` | `Atoms` | none |
//! | `Atoms x Ratio` | `Atoms` | `mul_floor`, `mul_ceil` |
//! | `Ratio x Ratio` | `Ratio` | `times_ceil` |
//! | `Atoms x Reciprocal` | `Ratio` | up |
//!
//! A price times a price has no meaning, so it does not compile:
//!
//! ```compile_fail
//! use plimsoll_engine::units::Ticks;
//! let squared = Ticks(3).at(Ticks(4));
//! ```

mod quantity;
mod ratio;

pub use quantity::{Atoms, Lots, Pnl, Size, Ticks, Wide};
pub use ratio::{PPM, Ratio, Reciprocal};
