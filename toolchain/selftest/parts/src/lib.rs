//! Each part is one thing that compiled programs must get right. The same function runs natively and in the VM, on
//! the same words, and must leave the same words or abort on both sides. Every input comes from memory, so the
//! compiler can work nothing out in advance.

mod abort;
mod calls;
mod control;
mod int128;
mod int64;
mod memory;

/// Words in and words out.
pub const WORDS: usize = 24;

/// What a part reads and writes. The program finds it, behind the number of the part, in its input.
#[repr(C)]
#[derive(Clone)]
pub struct Io {
    /// Arbitrary values.
    pub input: [u64; WORDS],
    /// Results, zero at the start.
    pub output: [u64; WORDS],
}

impl Io {
    /// The 128-bit value in input words `2 * index` and the next.
    pub fn wide(&self, index: usize) -> u128 {
        self.input[2 * index] as u128 | (self.input[2 * index + 1] as u128) << 64
    }

    /// Stores a 128-bit result in output words `2 * index` and the next.
    pub fn put(&mut self, index: usize, value: u128) {
        self.output[2 * index] = value as u64;
        self.output[2 * index + 1] = (value >> 64) as u64;
    }
}

/// Declares the list of parts once, for dispatch by number and for the runner's reports.
macro_rules! parts {
    ($($module:ident :: $name:ident,)*) => {
        /// Names of all parts, by number.
        pub const NAMES: &[&str] = &[$(stringify!($name)),*];

        /// Runs part `number`; false if there is no such part.
        pub fn run(number: u64, io: &mut Io) -> bool {
            let mut this = 0;
            $(
                if number == this {
                    $module::$name(io);
                    return true;
                }
                this += 1;
            )*
            let _ = this;
            false
        }
    };
}

parts! {
    int128::multiply,
    int128::divide_unsigned,
    int128::modulo_unsigned,
    int128::divide_signed,
    int128::modulo_signed,
    int128::multiply_then_divide,
    int128::checked_and_saturating,
    int128::shifts,
    int128::bits_and_order,
    int64::divide_signed_narrow,
    int64::widths,
    calls::six_arguments,
    calls::ten_arguments_and_locals,
    calls::deep_recursion,
    calls::aggregate_returns,
    calls::function_pointers,
    calls::dyn_calls,
    memory::copies,
    memory::overlapping_moves,
    memory::fills_and_compares,
    memory::large_frame,
    memory::tables,
    memory::sign_extending_loads,
    control::match_dense,
    control::match_sparse,
    control::sort_and_search,
    abort::overflow_add,
    abort::overflow_subtract,
    abort::overflow_multiply,
    abort::overflow_128,
    abort::divide_by_zero,
    abort::divide_by_zero_128,
    abort::divide_minimum,
    abort::index_and_unwrap,
}
