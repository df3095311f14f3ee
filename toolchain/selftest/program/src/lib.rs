//! The self-test parts behind a program entry point. The loader's usual input format is not needed: the runner maps
//! a part number and an `Io` where a program's input begins.

use plimsoll_selftest_parts::{run, Io};

/// What the runner maps.
#[repr(C)]
struct Request {
    part: u64,
    io: Io,
}

/// Returns 0 when the part ran, 1 when there is no such part.
///
/// # Safety
/// `input` must point to a `Request`.
#[no_mangle]
pub unsafe extern "C" fn entrypoint(input: *mut u8) -> u64 {
    let request = &mut *(input as *mut Request);
    !run(request.part, &mut request.io) as u64
}
