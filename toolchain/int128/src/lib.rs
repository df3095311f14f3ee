//! The 128-bit helper functions that compiled code calls: multiply, divide, remainder.
//!
//! Why they exist: the compiler of the Debian toolchain and the LLVM of its linker disagree on how a 128-bit value
//! is returned (hidden pointer against register pair), so helpers written in Rust with `i128` in their signature
//! corrupt memory. Here every signature has `u64` halves and an output pointer, on which both sides agree;
//! `sbpf/int128.ll` gives them the names and signatures that LLVM expects. The linker then inlines one into the
//! other, so the pointer costs nothing.
//!
//! Compute units count instructions, so the common cases come first: operands of at most 64 bits take one native
//! division, a divisor under 2^32 takes up to three.
#![cfg_attr(target_os = "solana", no_std)]
#![cfg_attr(target_arch = "bpf", feature(asm_experimental_arch))]
#![deny(missing_docs)]

#[cfg(target_os = "solana")]
use solana_compiler_builtins as _;

mod div;
mod word;

use div::{quotient, remainder};
use word::{is_negative, mul_low, negate_if, Wide};

/// `*out = a * b`, modulo 2^128. Right for signed and unsigned operands alike.
///
/// # Safety
/// `out` must be valid for a write of 16 bytes.
#[no_mangle]
pub unsafe extern "C" fn plimsoll_mul128(out: *mut Wide, a_lo: u64, a_hi: u64, b_lo: u64, b_hi: u64) {
    out.write(mul_low([a_lo, a_hi], [b_lo, b_hi]));
}

/// `*out = n / d`, unsigned. A zero divisor aborts.
///
/// # Safety
/// `out` must be valid for a write of 16 bytes.
#[no_mangle]
pub unsafe extern "C" fn plimsoll_udiv128(out: *mut Wide, n_lo: u64, n_hi: u64, d_lo: u64, d_hi: u64) {
    out.write(quotient([n_lo, n_hi], [d_lo, d_hi]));
}

/// `*out = n % d`, unsigned. A zero divisor aborts.
///
/// # Safety
/// `out` must be valid for a write of 16 bytes.
#[no_mangle]
pub unsafe extern "C" fn plimsoll_umod128(out: *mut Wide, n_lo: u64, n_hi: u64, d_lo: u64, d_hi: u64) {
    out.write(remainder([n_lo, n_hi], [d_lo, d_hi]));
}

/// `*out = n / d`, signed, rounded towards zero; `MIN / -1` wraps to `MIN` (Rust checks for it before the call).
///
/// # Safety
/// `out` must be valid for a write of 16 bytes.
#[no_mangle]
pub unsafe extern "C" fn plimsoll_sdiv128(out: *mut Wide, n_lo: u64, n_hi: u64, d_lo: u64, d_hi: u64) {
    let (n, d) = ([n_lo, n_hi], [d_lo, d_hi]);
    let q = quotient(negate_if(is_negative(n), n), negate_if(is_negative(d), d));
    out.write(negate_if(is_negative(n) != is_negative(d), q));
}

/// `*out = n % d`, signed, with the sign of `n`.
///
/// # Safety
/// `out` must be valid for a write of 16 bytes.
#[no_mangle]
pub unsafe extern "C" fn plimsoll_smod128(out: *mut Wide, n_lo: u64, n_hi: u64, d_lo: u64, d_hi: u64) {
    let (n, d) = ([n_lo, n_hi], [d_lo, d_hi]);
    let r = remainder(negate_if(is_negative(n), n), negate_if(is_negative(d), d));
    out.write(negate_if(is_negative(n), r));
}
