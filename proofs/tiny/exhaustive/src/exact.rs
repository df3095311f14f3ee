//! Arithmetic of the expected values: plain, wide, signed.

/// `floor(a / b)` for `b > 0`.
pub fn floor(a: i64, b: i64) -> i64 {
    a.div_euclid(b)
}

/// `ceil(a / b)` for `b > 0`.
pub fn ceil(a: i64, b: i64) -> i64 {
    -(-a).div_euclid(b)
}

/// One as a ratio.
pub const ONE: i64 = 1 << words::bits::RATIO;

/// The share of an amount, down.
pub fn mulf(ratio: i64, amount: i64) -> i64 {
    floor(ratio * amount, ONE)
}

/// The share of an amount, up.
pub fn mulc(ratio: i64, amount: i64) -> i64 {
    ceil(ratio * amount, ONE)
}

/// What is above zero.
pub fn plus(a: i64) -> i64 {
    a.max(0)
}

/// Whether an unsigned word holds it.
pub fn fits(a: i64) -> bool {
    (0..=255).contains(&a)
}

/// Whether a signed word holds it.
pub fn fits_signed(a: i64) -> bool {
    (-128..=127).contains(&a)
}

/// All unsigned words.
pub const UNSIGNED: std::ops::Range<i64> = 0..256;
/// All signed words.
pub const SIGNED: std::ops::Range<i64> = -128..128;
