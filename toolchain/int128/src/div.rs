//! Unsigned 128-bit division, by size of the operands.

use crate::word::{at_least, leading_zeros, mul_full, shl_high, sub, Wide, LOW};

/// `n / d`. Inlined so that the unused remainder disappears.
#[inline(always)]
pub(crate) fn quotient(n: Wide, d: Wide) -> Wide {
    divide(n, d).0
}

/// `n % d`. Inlined so that the unused quotient disappears.
#[inline(always)]
pub(crate) fn remainder(n: Wide, d: Wide) -> Wide {
    divide(n, d).1
}

#[inline(always)]
fn divide(n: Wide, d: Wide) -> (Wide, Wide) {
    if d[1] != 0 {
        let (q, r) = by_wide(n, d);
        return ([q, 0], r);
    }
    let d = d[0];
    if n[1] == 0 {
        // `/` carries Rust's own check for zero, the only place where a zero divisor can arrive with n < 2^64.
        return ([n[0] / d, 0], [n[0] % d, 0]);
    }
    // School division, most significant digit first: the high half, then what is left of it with the low half.
    let (q1, rest) = if n[1] < d { (0, n[1]) } else { (n[1] / d, n[1] % d) };
    let (q0, r) = two_by_one(rest, n[0], d);
    ([q0, q1], [r, 0])
}

/// `(hi * 2^64 + lo) / d` and remainder, for `hi < d`: the quotient fits one word.
#[inline(always)]
fn two_by_one(hi: u64, lo: u64, d: u64) -> (u64, u64) {
    if d <= LOW {
        // Remainders stay under 2^32, so each 32-bit digit is one native division.
        let top = (hi << 32) | (lo >> 32);
        let (q1, rest) = (top / d, top % d);
        let bottom = (rest << 32) | (lo & LOW);
        return ((q1 << 32) | (bottom / d), bottom % d);
    }
    let s = leading_zeros(d);
    let (q, r) = two_by_one_normal(shl_high([lo, hi], s), lo << s, d << s);
    (q, r >> s)
}

/// Knuth's algorithm D with 32-bit digits, for a divisor with its top bit set and `hi < d`.
#[inline(always)]
fn two_by_one_normal(hi: u64, lo: u64, d: u64) -> (u64, u64) {
    let (q1, rest) = digit(hi, lo >> 32, d);
    let (q0, r) = digit(rest, lo & LOW, d);
    ((q1 << 32) | q0, r)
}

/// One digit: `(rest * 2^32 + next) / d`, for `rest < d`.
#[inline(always)]
fn digit(rest: u64, next: u64, d: u64) -> (u64, u64) {
    let (d1, d0) = (d >> 32, d & LOW);
    // The estimate from the divisor's top half is never too small, and at most 2 too large.
    let mut q = rest / d1;
    let mut r = rest - q * d1;
    while q > LOW || q * d0 > ((r << 32) | next) {
        q -= 1;
        r += d1;
        if r > LOW {
            break;
        }
    }
    (q, ((rest << 32) | next).wrapping_sub(q.wrapping_mul(d)))
}

/// `n / d` and remainder for `d >= 2^64`: the quotient fits one word.
#[inline(always)]
fn by_wide(n: Wide, d: Wide) -> (u64, Wide) {
    if !at_least(n, d) {
        return (0, n);
    }
    let k = leading_zeros(n[1]);
    let top = shl_high(d, k);
    let mut q = if top > LOW {
        // A quotient under 2^33 or so: the top 64 bits of both, shifted alike, give an estimate that is never too
        // large (the divisor is rounded up) and at most a few units too small.
        if top == u64::MAX {
            0
        } else {
            shl_high(n, k) / (top + 1)
        }
    } else {
        // Divide n/2 (so that it is less than the normalised divisor) by the divisor's top 64 bits, scale back,
        // and take one off: then at most one too small (Hacker's Delight, 9-5).
        let s = leading_zeros(d[1]);
        let half = [(n[0] >> 1) | (n[1] << 63), n[1] >> 1];
        let (q, _) = two_by_one_normal(half[1], half[0], shl_high(d, s));
        (q >> (63 - s)).saturating_sub(1)
    };
    let mut product = mul_full(q, d[0]);
    product[1] += q * d[1];
    let mut r = sub(n, product);
    while at_least(r, d) {
        q += 1;
        r = sub(r, d);
    }
    (q, r)
}
