//! Calls: arguments beyond the five registers, results beyond one, calls through pointers.
use crate::Io;

#[inline(never)]
fn six(a: u64, b: u64, c: u64, d: u64, e: u64, f: u64) -> u64 {
    a ^ b.rotate_left(1) ^ c.rotate_left(2) ^ d.rotate_left(3) ^ e.rotate_left(4) ^ f.rotate_left(5)
}

pub(crate) fn six_arguments(io: &mut Io) {
    let [a, b, c, d, e, f, ..] = io.input;
    io.output[0] = six(a, b, c, d, e, f);
    io.output[1] = six(f, e, d, c, b, a);
    io.output[2] = six(io.output[0], a, io.output[1], c, e, io.output[0]);
}

/// Arguments on the stack, wide and narrow, while the callee's own frame is in use through a pointer.
#[inline(never)]
#[allow(clippy::too_many_arguments)]
fn ten(a: i128, b: u8, c: u64, d: i32, e: u128, f: &[u64], g: i16, h: bool, i: u64, j: u64) -> u128 {
    let mut scratch = [i; 200];
    for (index, word) in f.iter().enumerate() {
        scratch[(index * 7 + b as usize) % 200] ^= word.wrapping_add(j);
    }
    let sum = six(scratch[0], scratch[b as usize % 200], c, scratch[199], i, j);
    (a as u128) ^ e ^ (sum as u128) << 32 ^ d as u128 ^ g as u128 ^ h as u128
}

pub(crate) fn ten_arguments_and_locals(io: &mut Io) {
    let words = io.input;
    let result = ten(
        io.wide(0) as i128,
        words[2] as u8,
        words[3],
        words[4] as i32,
        io.wide(3),
        &words[8..],
        words[5] as i16,
        words[9] & 1 == 1,
        words[10],
        words[11],
    );
    io.put(0, result);
}

#[inline(never)]
fn descend(depth: u64, a: u64, b: u64, c: u64, d: u64, e: u64, f: u64) -> u64 {
    if depth == 0 {
        return six(a, b, c, d, e, f);
    }
    let below = descend(depth - 1, b, c, d, e, f, a.rotate_left(depth as u32));
    below.wrapping_mul(3) ^ six(f, e, d, c, b, a)
}

pub(crate) fn deep_recursion(io: &mut Io) {
    let [depth, a, b, c, d, e, f, ..] = io.input;
    io.output[0] = descend(depth % 40, a, b, c, d, e, f);
}

#[derive(Clone, Copy)]
struct Three {
    a: u64,
    b: u64,
    c: u64,
}

#[inline(never)]
fn three(io: &Io) -> Three {
    Three { a: io.input[0], b: io.input[1] ^ 1, c: io.input[2].wrapping_add(2) }
}

#[inline(never)]
fn pair(a: u64, b: u64) -> (u64, bool) {
    a.overflowing_add(b)
}

#[inline(never)]
fn wide(a: u64, b: u64) -> i128 {
    (a as i128) << 64 | b as i128
}

#[inline(never)]
fn maybe(a: u128, b: u128) -> Option<u128> {
    a.checked_sub(b)
}

#[inline(never)]
fn fallible(a: u64, b: u64) -> Result<(u32, u64), u64> {
    if b.is_multiple_of(3) {
        Err(a)
    } else {
        Ok((a as u32, b / 3))
    }
}

pub(crate) fn aggregate_returns(io: &mut Io) {
    let Three { a, b, c } = three(io);
    let (sum, carry) = pair(a, b);
    io.output[..5].copy_from_slice(&[a, b, c, sum, carry as u64]);
    io.put(3, wide(b, c) as u128);
    match maybe(io.wide(0), io.wide(1)) {
        Some(value) => io.put(4, value),
        None => io.output[10] = 1,
    }
    match fallible(a, c) {
        Ok((x, y)) => io.output[11] = y ^ x as u64,
        Err(e) => io.output[12] = e,
    }
}

static OPERATIONS: [fn(u64, u64) -> u64; 5] =
    [u64::wrapping_add, u64::wrapping_sub, u64::wrapping_mul, |a, b| a ^ b, |a, b| a.rotate_left(b as u32 % 64)];

pub(crate) fn function_pointers(io: &mut Io) {
    let mut value = io.input[0];
    for index in 1..12 {
        let operation = OPERATIONS[(io.input[index] % 5) as usize];
        value = operation(value, io.input[index + 1]);
        io.output[index] = value;
    }
}

trait Curve {
    fn at(&self, x: u64) -> u128;
    fn name(&self) -> &'static str;
}

struct Line(u64);
struct Square(u64, i128);

impl Curve for Line {
    fn at(&self, x: u64) -> u128 {
        self.0 as u128 * x as u128
    }
    fn name(&self) -> &'static str {
        "line"
    }
}

impl Curve for Square {
    fn at(&self, x: u64) -> u128 {
        (self.1 as u128).wrapping_add((x as u128 * x as u128) / (self.0 as u128 + 1))
    }
    fn name(&self) -> &'static str {
        "square curve"
    }
}

pub(crate) fn dyn_calls(io: &mut Io) {
    let curves: [&dyn Curve; 3] = [&Line(io.input[0]), &Square(io.input[1], io.wide(1) as i128), &Line(7)];
    for index in 0..5 {
        let curve = curves[(io.input[4 + index] % 3) as usize];
        io.put(index, curve.at(io.input[10 + index]));
        io.output[12 + index] = curve.name().bytes().map(u64::from).sum();
    }
}
