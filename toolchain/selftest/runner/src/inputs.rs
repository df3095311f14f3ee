//! Words for the parts: edge values, small numbers and pseudo-random ones of every width, from a fixed seed.
use plimsoll_selftest_parts::WORDS;

/// An endless, repeatable supply of inputs.
pub struct Inputs {
    state: u64,
}

const EDGES: [u64; 16] = [
    0,
    1,
    2,
    3,
    u64::MAX,
    u64::MAX - 1,
    i64::MAX as u64,
    i64::MIN as u64,
    i64::MIN as u64 + 1,
    u32::MAX as u64,
    u32::MAX as u64 + 1,
    i32::MIN as i64 as u64,
    0xffff_fffe_ffff_ffff,
    0x8000_0000_8000_0000,
    1_000_000,
    1_000_000_000_000_000_000,
];

impl Inputs {
    /// Each part has its own seed, so that adding a part does not change the others.
    pub fn new(part: u64) -> Self {
        Self { state: 0x9e37_79b9_7f4a_7c15 ^ (part + 1).wrapping_mul(0x0123_4567_89ab_cdef) }
    }

    /// xorshift64*.
    fn random(&mut self) -> u64 {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        self.state.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn word(&mut self) -> u64 {
        let (kind, value, width) = (self.random() >> 33, self.random(), self.random() >> 58);
        match kind % 8 {
            0 | 1 => EDGES[(value >> 60) as usize],
            2 => (value >> width).wrapping_neg(),
            3 => (1 << width) + (value >> 62),
            4 => value,
            _ => value >> width,
        }
    }

    /// The next input.
    pub fn next(&mut self) -> [u64; WORDS] {
        std::array::from_fn(|_| self.word())
    }
}
