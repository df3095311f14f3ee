//! Measures on chain what the engine alone costs: the compute units in which flagging looks at the legs of an account,
//! without what it takes to load them, and those that a queue takes by itself.
//!
//! Never deployed. Its one account's data is a word that says what is measured and then what it is measured on; the return
//! data is the compute units, as a `u64`.
#![allow(unsafe_code)] // a raw entry point and two system calls: nothing else would be measured

use core::hint::black_box;

use plimsoll_engine::{
    EngineError, Result,
    market::Market,
    position::Position,
    queue::{CAPACITY, Entry, Now, Queue},
    risk::Risk,
    survey::Survey,
    units::{Atoms, Ratio},
};
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
/// What is measured on: after the word that says what.
const PAYLOAD: usize = DATA + 8;

/// The moment of the queue's measurements. What an entry was first flagged at, and refreshed, is at most this.
const NOW: Now = Now { slot: 1_000, time: 1_000, published: 1_000, has_capacity: true };
/// Time to live of its entries.
const TTL: u32 = 60;

/// # Safety
/// Called by the VM with one account, whose data is what it says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn entrypoint(input: *mut u8) -> u64 {
    // SAFETY: that is how the VM lays its input out; it is aligned to eight bytes.
    let used = unsafe {
        let length = *input.add(LENGTH).cast::<u64>() as usize - 8;
        let payload = input.add(PAYLOAD);
        match *input.add(DATA).cast::<u64>() {
            0 => health(core::slice::from_raw_parts(payload.cast::<Leg>(), length / size_of::<Leg>())),
            what => queue(what, &mut *payload.cast::<Queue>()),
        }
    };
    let Ok(used) = used.map(u64::to_le_bytes) else { return 1 };
    // SAFETY: eight bytes that live until it returns.
    unsafe { sol_set_return_data(used.as_ptr(), 8) };
    0
}

/// What something gives, and the compute units in which it is done. No function: its call would be measured too.
macro_rules! measured {
    ($done:expr) => {{
        // SAFETY: a system call without arguments.
        let left = || unsafe { sol_remaining_compute_units() };
        let first = left();
        let before = left();
        let done = $done;
        let after = left();
        // The second of two calls costs what the last one does.
        (done, before.saturating_sub(after).saturating_sub(first.saturating_sub(before)))
    }};
}

fn health(legs: &[Leg]) -> Result<u64> {
    let now = legs.first().map_or(0, |leg| leg.market.price.publish_time);
    let mut survey = Survey::of_cash(Atoms(1_000_000_000), now)?;
    let (done, used) = measured!(look(black_box(&mut survey), black_box(legs)));
    done?;
    if black_box(&survey).health.maintenance.is_zero() { Err(EngineError::MissingLeg) } else { Ok(used) }
}

/// What one of the queue's actions takes: to queue an account, to see that it goes first, to remove the last entry.
fn queue(what: u64, queue: &mut Queue) -> Result<u64> {
    let entry = Entry { account: [9; 32], key: Atoms(u64::MAX), refreshed: NOW.time, ..Entry::default() };
    let risk = Risk { tolerance: Ratio(1 << 31), entry_ttl: TTL, ..Risk::default() };
    let last = CAPACITY - 1;
    let account = queue.accounts[last];
    match what {
        1 => {
            let (done, used) = measured!(black_box(&mut *queue).insert(black_box(entry), TTL, NOW.time));
            done.map(|_| used)
        }
        2 => {
            // Without capacity, so that it has to be urgent as well.
            let now = Now { has_capacity: false, ..NOW };
            let (_, used) =
                measured!(black_box(&*queue).require_first(black_box(&risk), last, Atoms(1), &black_box(now)));
            Ok(used)
        }
        _ => {
            let (done, used) = measured!(black_box(&mut *queue).remove(&account, last));
            done.map(|()| used)
        }
    }
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
