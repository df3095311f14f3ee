//! What must never return a result: each part aborts for some inputs and returns for others, like the host.
use crate::Io;

/// Half of the time small, so that both outcomes occur.
fn operand(io: &Io, index: usize) -> u64 {
    if io.input[index + 8] & 1 == 0 {
        io.input[index] & 0xffff
    } else {
        io.input[index]
    }
}

pub(crate) fn overflow_add(io: &mut Io) {
    io.output[0] = operand(io, 0) + operand(io, 1);
    io.output[1] = (operand(io, 2) as i64 + operand(io, 3) as i64) as u64;
    io.output[2] = (operand(io, 4) as u8 as u16 as i16 + operand(io, 5) as i16) as u64;
}

pub(crate) fn overflow_subtract(io: &mut Io) {
    io.output[0] = operand(io, 0) - operand(io, 1) / 2;
    io.output[1] = -(operand(io, 2) as i64) as u64;
    io.output[2] = (operand(io, 3) as u32 - (operand(io, 4) as u32 >> 9)) as u64;
}

pub(crate) fn overflow_multiply(io: &mut Io) {
    io.output[0] = operand(io, 0) * operand(io, 1);
    io.output[1] = (operand(io, 2) as i64 * operand(io, 3) as i8 as i64) as u64;
    io.output[2] = (operand(io, 4) as u32 * (operand(io, 5) as u32 % 70_000)) as u64;
}

pub(crate) fn overflow_128(io: &mut Io) {
    let (a, b) = (io.wide(0) >> (io.input[8] % 128), io.wide(1) >> (io.input[9] % 128));
    match io.input[10] % 4 {
        0 => io.put(0, a * b),
        1 => io.put(0, a + b),
        2 => io.put(0, (a as i128 * b as i128) as u128),
        _ => io.put(0, (a as i128 - b as i128) as u128),
    }
}

pub(crate) fn divide_by_zero(io: &mut Io) {
    let d = if io.input[8] & 1 == 0 { 0 } else { io.input[1] };
    match io.input[9] % 4 {
        0 => io.output[0] = io.input[0] / d,
        1 => io.output[0] = io.input[0] % d,
        2 => io.output[0] = (io.input[0] as u32 / d as u32) as u64,
        _ => io.output[0] = (io.input[0] as i64).wrapping_rem(d as i64) as u64,
    }
}

pub(crate) fn divide_by_zero_128(io: &mut Io) {
    let d = if io.input[8] & 1 == 0 { 0 } else { io.wide(1) };
    match io.input[9] % 4 {
        0 => io.put(0, io.wide(0) / d),
        1 => io.put(0, io.wide(0) % d),
        2 => io.put(0, (io.wide(0) as i128).wrapping_div(d as i128) as u128),
        _ => io.put(0, (io.wide(0) as i128).wrapping_rem(d as i128) as u128),
    }
}

pub(crate) fn divide_minimum(io: &mut Io) {
    let d = if io.input[8] & 1 == 0 { -1 } else { io.input[1] as i64 | 1 };
    let minimum = io.input[2] & 1 == 0;
    if io.input[9] & 1 == 0 {
        let n = if minimum { i64::MIN } else { io.input[0] as i64 };
        io.output[0] = (n / d) as u64;
    } else {
        let n = if minimum { i128::MIN } else { io.wide(0) as i128 };
        io.put(0, (n / d as i128) as u128);
    }
}

pub(crate) fn index_and_unwrap(io: &mut Io) {
    let at = operand(io, 0) as usize % 40;
    io.output[0] = io.input[at];
    io.output[1] = u32::try_from(operand(io, 1)).unwrap() as u64;
    let some = (io.input[2] & 3 != 0).then_some(io.input[3]);
    io.output[2] = some.expect("three of four are present");
    io.output[3] = io.input[5..][..operand(io, 4) as usize % 24].iter().fold(0, |sum, word| sum ^ word);
}
