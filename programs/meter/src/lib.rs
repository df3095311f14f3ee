//! Measures on chain what the engine alone costs: the compute units in which flagging looks at the legs of an account,
//! without what it takes to load them.
//!
//! Never deployed. Its one account's data is the legs as [`Leg`]s; the return data is the compute units, as a `u64`.
#![allow(unsafe_code)] // a raw entry point and two system calls: nothing else would be measured

use core::hint::black_box;

use plimsoll_engine::{Result, market::Market, position::Position, survey::Survey, units::Atoms};
use solana_define_syscall::definitions::{sol_remaining_compute_units, sol_set_return_data};

/// A position and its market.
#[repr(C)]
pub struct Leg {
    position: Position,
    market: Market,
}

/// Where the length of the first account's data is in the VM's input, and where the data begins.
const LENGTH: usize = 88;
const DATA: usize = 96;

/// # Safety
/// Called by the VM with one account, whose data is what it says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn entrypoint(input: *const u8) -> u64 {
    // SAFETY: that is how the VM lays its input out; it is aligned to eight bytes, and every pattern is a leg.
    let legs = unsafe {
        let length = *input.add(LENGTH).cast::<u64>() as usize;
        core::slice::from_raw_parts(input.add(DATA).cast::<Leg>(), length / size_of::<Leg>())
    };
    // SAFETY: a system call without arguments.
    let left = || unsafe { sol_remaining_compute_units() };
    let now = legs.first().map_or(0, |leg| leg.market.price.publish_time);
    let Ok(mut survey) = Survey::of_cash(Atoms(1_000_000_000), now) else { return 1 };
    let first = left();
    let before = left();
    let done = look(black_box(&mut survey), black_box(legs));
    let after = left();
    if done.is_err() || black_box(&survey).health.maintenance.is_zero() {
        return 2;
    }
    // The second of two calls costs what the last one does.
    let used = before.saturating_sub(after).saturating_sub(first.saturating_sub(before)).to_le_bytes();
    // SAFETY: eight bytes that live until it returns.
    unsafe { sol_set_return_data(used.as_ptr(), 8) };
    0
}

/// What the program's `legs::survey` does once the accounts are loaded.
#[inline(never)]
fn look(survey: &mut Survey, legs: &[Leg]) -> Result<()> {
    for (place, leg) in legs.iter().enumerate() {
        add(survey, place, &leg.position, &leg.market)?;
    }
    survey.count_fees(Atoms::ZERO)
}

#[inline(never)]
fn add(survey: &mut Survey, place: usize, position: &Position, market: &Market) -> Result<()> {
    survey.add(place, position, market)
}
