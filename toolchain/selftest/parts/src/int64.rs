//! Integers of one word and less: sBPFv3 has no signed division, and computes in 64 and 32 bits.
use crate::Io;

pub(crate) fn divide_signed_narrow(io: &mut Io) {
    let (a, b) = (io.input[0] as i64, io.input[1] as i64 | 1);
    io.output[0] = a.wrapping_div(b) as u64;
    io.output[1] = a.wrapping_rem(b) as u64;
    io.output[2] = (a / 1_000_003) as u64;
    io.output[3] = (a as i32).wrapping_div(b as i32) as u64;
    io.output[4] = (a as i32).wrapping_rem(b as i32) as u64;
    io.output[5] = (a as i16).wrapping_div(b as i16) as u64;
    io.output[6] = (a as i8).wrapping_rem(b as i8) as u64;
    io.output[7] = (a as u32 / b as u32) as u64;
    io.output[8] = a.rem_euclid(b.unsigned_abs().min(i64::MAX as u64) as i64) as u64;
}

pub(crate) fn widths(io: &mut Io) {
    let (a, b) = (io.input[0], io.input[1]);
    io.output[0] = (a as u32).wrapping_add(b as u32) as u64;
    io.output[1] = (a as i32).wrapping_sub(b as i32) as i64 as u64;
    io.output[2] = (a as u16).wrapping_mul(b as u16) as u64;
    io.output[3] = (a as i8).wrapping_neg() as i64 as u64;
    io.output[4] = (a as i32 >> (b as u32 % 32)) as i64 as u64;
    io.output[5] = ((a as u32) << (b as u32 % 32)) as u64;
    io.output[6] = (a as u8).rotate_left(b as u32 % 8) as u64;
    io.output[7] = (a as u32).swap_bytes() as u64 ^ (b as u16).swap_bytes() as u64;
    io.output[8] = ((a as i32) < (b as i32)) as u64 | (((a as u32) < (b as u32)) as u64) << 1;
    io.output[9] = ((a as i64) < (b as i64)) as u64 | ((a < b) as u64) << 1;
    io.output[10] = (a as i16).saturating_add(b as i16) as i64 as u64;
    io.output[11] = (a as i64).saturating_sub(b as i64) as u64;
    io.output[12] = u32::try_from(a).map_or(7, u64::from);
    io.output[13] = i8::try_from(b as i64).map_or(9, |v| v as u64);
    io.output[14] = a.abs_diff(b).isqrt();
}
