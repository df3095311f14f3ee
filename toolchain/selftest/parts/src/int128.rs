//! 128-bit arithmetic: the helper functions, and what the compiler expands itself.
use crate::Io;

/// A divisor that is never zero.
fn divisor(io: &Io) -> u128 {
    match io.wide(1) {
        0 => 1,
        d => d,
    }
}

pub(crate) fn multiply(io: &mut Io) {
    let (a, b) = (io.wide(0), io.wide(1));
    io.put(0, a.wrapping_mul(b));
    io.put(1, (a as i128).wrapping_mul(b as i128) as u128);
    io.put(2, io.input[4] as u128 * io.input[5] as u128);
    io.put(3, (io.input[4] as i64 as i128 * io.input[5] as i64 as i128) as u128);
    io.put(4, a.wrapping_mul(1_000_000_000));
}

pub(crate) fn divide_unsigned(io: &mut Io) {
    let (n, d) = (io.wide(0), divisor(io));
    io.put(0, n / d);
    io.put(1, n / (d as u64 as u128).max(1));
    io.put(2, n / 1_000_000);
    io.put(3, d / (n | 1));
}

pub(crate) fn modulo_unsigned(io: &mut Io) {
    let (n, d) = (io.wide(0), divisor(io));
    io.put(0, n % d);
    io.put(1, n % (d as u32 as u128).max(1));
    io.put(2, n % 1_000_000_007);
    io.put(3, d % (n | 1));
}

pub(crate) fn divide_signed(io: &mut Io) {
    let (n, d) = (io.wide(0) as i128, divisor(io) as i128);
    io.put(0, n.wrapping_div(d) as u128);
    io.put(1, n.div_euclid((d as i64 as i128 | 1).abs()) as u128);
    io.put(2, (n / 1_000_000_000) as u128);
    io.put(3, d.wrapping_div(n | 1) as u128);
}

pub(crate) fn modulo_signed(io: &mut Io) {
    let (n, d) = (io.wide(0) as i128, divisor(io) as i128);
    io.put(0, n.wrapping_rem(d) as u128);
    io.put(1, n.rem_euclid((d as i64 as i128 | 1).abs()) as u128);
    io.put(2, (n % 1_000_000_000) as u128);
    io.put(3, d.wrapping_rem(n | 1) as u128);
}

/// The shape of price times quantity over scale, in both roundings.
pub(crate) fn multiply_then_divide(io: &mut Io) {
    let (a, b) = (io.input[0] as u128, io.input[1] as u128);
    let scale = io.input[2].max(1) as u128;
    io.put(0, a * b / scale);
    io.put(1, (a * b / 2).div_ceil(scale));
    let signed = (io.input[0] as i64 as i128) * (io.input[1] as i64 as i128);
    io.put(2, (signed / scale as i128) as u128);
    io.put(3, signed.div_euclid(scale as i128) as u128);
}

pub(crate) fn checked_and_saturating(io: &mut Io) {
    let (a, b) = (io.wide(0), io.wide(1));
    let (x, y) = (a as i128, b as i128);
    let unsigned = [a.checked_add(b), a.checked_sub(b), a.checked_mul(b), a.checked_div(b)];
    let signed = [x.checked_add(y), x.checked_sub(y), x.checked_mul(y), x.checked_div(y), x.checked_neg()];
    let mut seen = 0;
    for (index, value) in unsigned.into_iter().chain(signed.map(|v| v.map(|v| v as u128))).enumerate() {
        seen = seen << 1 | value.is_some() as u64;
        io.put(index, value.unwrap_or(0));
    }
    io.put(9, x.saturating_add(y) as u128 ^ x.saturating_mul(y) as u128);
    io.put(10, a.saturating_sub(b) ^ a.saturating_mul(b));
    io.output[22] = seen;
}

pub(crate) fn shifts(io: &mut Io) {
    let (a, by) = (io.wide(0), io.input[2] as u32 % 128);
    io.put(0, a << by);
    io.put(1, a >> by);
    io.put(2, (a as i128 >> by) as u128);
    io.put(3, a.rotate_left(by));
    io.put(4, (a << 64) ^ (a >> 64) ^ (a << 1) ^ (a >> 127));
    io.output[10] = (io.input[0] << (by % 64)) ^ (io.input[1] as i64 >> (by % 64)) as u64;
}

pub(crate) fn bits_and_order(io: &mut Io) {
    let (a, b) = (io.wide(0), io.wide(1));
    io.put(0, a.swap_bytes());
    io.put(1, u128::from_be_bytes(b.to_be_bytes()) ^ u128::from_le_bytes(a.to_le_bytes()));
    let counts = [a.leading_zeros(), a.trailing_zeros(), a.count_ones(), io.input[0].leading_zeros()];
    for (slot, count) in counts.into_iter().enumerate() {
        io.output[4 + slot] = count as u64;
    }
    io.output[8] = a.cmp(&b) as i8 as u64;
    io.output[9] = (a as i128).cmp(&(b as i128)) as i8 as u64;
    io.put(5, (a as i128).unsigned_abs().max(b) ^ (a as i128).min(b as i128) as u128);
    io.put(6, a.isqrt());
}
