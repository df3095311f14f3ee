//! Memory: copies above and below the size where a system call takes over, frames, tables, narrow loads.
use crate::Io;

const BYTES: usize = 192;

fn bytes(io: &Io) -> [u8; BYTES] {
    let mut bytes = [0; BYTES];
    for (chunk, word) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(io.input) {
        *chunk = word.to_le_bytes();
    }
    bytes
}

fn digest(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ byte as u64).wrapping_mul(0x0100_0000_01b3))
}

#[inline(never)]
fn copy<const N: usize>(from: &[u8], to: &mut [u8]) -> u64 {
    let block: [u8; N] = from[..N].try_into().unwrap();
    to[BYTES - N..].copy_from_slice(&block);
    digest(to)
}

pub(crate) fn copies(io: &mut Io) {
    let from = bytes(io);
    let mut to = [0x55; BYTES];
    io.output[0] = copy::<1>(&from, &mut to);
    io.output[1] = copy::<7>(&from, &mut to);
    io.output[2] = copy::<24>(&from, &mut to);
    io.output[3] = copy::<40>(&from, &mut to);
    io.output[4] = copy::<41>(&from, &mut to);
    io.output[5] = copy::<64>(&from, &mut to);
    io.output[6] = copy::<133>(&from, &mut to);
    io.output[7] = copy::<192>(&from, &mut to);
    let length = io.input[0] as usize % BYTES;
    to[..length].copy_from_slice(&from[BYTES - length..]);
    io.output[8] = digest(&to);
}

pub(crate) fn overlapping_moves(io: &mut Io) {
    let mut data = bytes(io);
    let words = io.input;
    for index in 0..8 {
        let length = words[index] as usize % 120;
        let (from, to) = (words[index + 8] as usize % 72, words[index + 16] as usize % 72);
        data.copy_within(from..from + length, to);
        io.output[index] = digest(&data);
    }
}

pub(crate) fn fills_and_compares(io: &mut Io) {
    let mut data = bytes(io);
    let (length, other) = (io.input[0] as usize % BYTES, io.input[1] as usize % 96);
    let before = data;
    io.output[0] = (before[..length] == data[..length]) as u64;
    data[length / 2..length].fill(io.input[2] as u8);
    io.output[1] = digest(&data);
    io.output[2] = before.cmp(&data) as i8 as u64;
    io.output[3] = data[..other].cmp(&data[other..2 * other]) as i8 as u64;
    io.output[4] = (before[..length] == data[..length]) as u64;
    data = [io.input[3] as u8; BYTES];
    data[..length].fill(0);
    io.output[5] = digest(&data);
    data[other] ^= 0x80;
    io.output[6] = (data[..96] < before[..96]) as u64;
}

/// Nearly all of the 4,096 bytes of a frame.
#[inline(never)]
fn frame(io: &Io, below: u64) -> u64 {
    let mut scratch = [0u64; 440];
    for (index, slot) in scratch.iter_mut().enumerate() {
        *slot = io.input[index % crate::WORDS].wrapping_mul(index as u64 | 1);
    }
    // The caller's frame must be as it was after the call.
    let inner = if below > 0 { frame(io, below - 1) } else { 0 };
    let at = (inner ^ io.input[0]) as usize % 440;
    scratch[at] ^= inner;
    scratch.iter().fold(below, |hash, word| (hash ^ word).wrapping_mul(0x0100_0000_01b3))
}

pub(crate) fn large_frame(io: &mut Io) {
    io.output[0] = frame(io, io.input[1] % 5);
}

static SQUARES: [u64; 64] = {
    let mut table = [0; 64];
    let mut index = 0;
    while index < 64 {
        table[index] = (index as u64 + 3).wrapping_mul(0x1234_5678_9abc_def1) % 0xffff_fffb;
        index += 1;
    }
    table
};
static SIGNED: [i16; 9] = [-32768, -1, 0, 1, 32767, -500, 500, 2, -2];
static NAMES: [&str; 6] = ["zero", "one", "two", "", "a name longer than forty bytes, so that it is compared", "π"];
static MAYBE: [Option<&'static [u64]>; 4] = [None, Some(&[1, 2, 3]), Some(&[]), Some(&SQUARES)];

pub(crate) fn tables(io: &mut Io) {
    for index in 0..6 {
        let word = io.input[index];
        io.output[index] = SQUARES[word as usize % 64] ^ SIGNED[word as usize % 9] as u64;
        let name = NAMES[word as usize % 6];
        io.output[6 + index] = digest(name.as_bytes()) ^ name.chars().count() as u64;
        // A table at address zero would turn `Some` into `None`.
        io.output[12 + index] = match MAYBE[word as usize % 4] {
            None => 77,
            Some(values) => values.iter().sum::<u64>() ^ values.len() as u64,
        };
    }
    let word = io.input[6] as usize;
    let same = NAMES[word % 6] == NAMES[4];
    io.output[18] = same as u64;
    io.output[19] = [&SQUARES as *const _ as usize, &SIGNED as *const _ as usize, &NAMES as *const _ as usize]
        .iter()
        .all(|&address| address != 0) as u64;
}

#[repr(C, packed)]
#[derive(Clone, Copy)]
struct Packed {
    a: i8,
    b: i16,
    c: i32,
    d: u8,
    e: u64,
    f: i128,
}

pub(crate) fn sign_extending_loads(io: &mut Io) {
    let data = bytes(io);
    let at = io.input[23] as usize % 100;
    io.output[0] = data[at] as i8 as i64 as u64;
    io.output[1] = i16::from_le_bytes([data[at + 1], data[at + 2]]) as i64 as u64;
    io.output[2] = i32::from_le_bytes(data[at + 3..at + 7].try_into().unwrap()) as i64 as u64;
    io.output[3] = i64::from_be_bytes(data[at + 5..at + 13].try_into().unwrap()) as u64;
    io.output[4] = (data[at + 13] as i8 as i32).wrapping_mul(data[at + 14] as i8 as i32) as i64 as u64;
    // SAFETY: 32 bytes from `at` on are inside the array, and every bit pattern is a `Packed`.
    let packed = unsafe { *(data.as_ptr().add(at) as *const Packed) };
    io.output[5] = packed.a as u64 ^ packed.b as u64;
    io.output[6] = packed.c as u64 ^ packed.d as u64;
    io.output[7] = packed.e;
    io.put(4, packed.f as u128);
}
