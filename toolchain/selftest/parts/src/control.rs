//! Control flow: what compilers like to turn into jump tables, which this VM does not have.
use crate::Io;

#[inline(never)]
fn dense(selector: u64, a: u64) -> u64 {
    match selector % 24 {
        0 => a.wrapping_add(17),
        1 => a.wrapping_mul(5),
        2 => a ^ 0xdead_beef,
        3 => a.rotate_left(9),
        4 => !a,
        5 => a.swap_bytes(),
        6 => a >> 3,
        7 => a << 11,
        8 => a.count_ones() as u64,
        9 => a.leading_zeros() as u64,
        10 => a / 10,
        11 => a % 1_000_003,
        12 => a.wrapping_sub(1 << 40),
        13 => a & 0x0f0f_0f0f_0f0f_0f0f,
        14 => a | 1 << 63,
        15 => a as u8 as u64,
        16 => a as i32 as u64,
        17 => a.saturating_add(1 << 63),
        18 => a.wrapping_neg(),
        19 => a.abs_diff(1 << 50),
        20 => a.trailing_zeros() as u64,
        21 => a.min(99),
        22 => a.max(1 << 33),
        _ => a.wrapping_mul(a),
    }
}

pub(crate) fn match_dense(io: &mut Io) {
    for index in 0..12 {
        io.output[index] = dense(io.input[index], io.input[index + 12]);
        // Only constants in the arms: compilers make a lookup table of these.
        io.output[index + 12] = match io.input[index] % 9 {
            0 => 3,
            1 => 14,
            2 => 159,
            3 => 26535,
            4 => 8979,
            5 => 323,
            6 => 84626,
            7 => u64::MAX,
            _ => 0,
        };
    }
}

#[inline(never)]
fn sparse(tag: [u8; 8], value: u64) -> Result<u64, &'static str> {
    match &tag {
        b"deposit\0" => Ok(value + 1),
        b"withdraw" => Err("withdraw"),
        b"open\0\0\0\0" => Ok(value ^ 0xff),
        _ => match u64::from_le_bytes(tag) {
            0 => Ok(0),
            1..=9 => Ok(value % 7),
            0x7fff_ffff_ffff_ffff => Err("largest"),
            u64::MAX => Err("all ones"),
            x if x & 3 == 2 => Ok(x >> 2),
            _ => Err("other"),
        },
    }
}

pub(crate) fn match_sparse(io: &mut Io) {
    for index in 0..8 {
        let word = io.input[index];
        let tag = match word % 5 {
            0 => *b"deposit\0",
            1 => *b"withdraw",
            2 => *b"open\0\0\0\0",
            _ => word.to_le_bytes(),
        };
        io.output[index] = match sparse(tag, io.input[index + 8] >> 1) {
            Ok(value) => value,
            Err(name) => name.bytes().fold(name.len() as u64, |hash, byte| hash * 31 + byte as u64),
        };
    }
}

pub(crate) fn sort_and_search(io: &mut Io) {
    let mut words = io.input;
    words.sort_unstable_by_key(|&word| (word % 16, word));
    io.output = words;
    words.sort_unstable();
    let found = words.binary_search(&io.input[7]).is_ok() as u64;
    let greatest = io.input.chunks(3).map(|chunk| chunk.iter().copied().max().unwrap()).min().unwrap();
    io.output[0] ^= found ^ greatest;
}
