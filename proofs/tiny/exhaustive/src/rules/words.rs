//! The small integers themselves: whatever is proved with them presumes that they compute like the machine's.

use words::*;

use crate::{
    exact::{SIGNED, UNSIGNED, ceil},
    run::{Rule, Tally},
};

/// All of them.
pub const RULES: &[Rule] = &[
    Rule { name: "words/unsigned", parts: 256, run: unsigned },
    Rule { name: "words/signed", parts: 256, run: signed },
    Rule { name: "words/wide", parts: 256, run: wide },
];

fn unsigned(part: usize, t: &mut Tally) {
    let (a, x) = (part as u8, lit(part as u64));
    for other in UNSIGNED {
        let (b, y) = (other as u8, U64::new(other).unwrap());
        let is = |got: Option<U64>, machine: Option<u8>| got.map(U64::get) == machine.map(i64::from);
        t.count(true);
        let agrees = is(x.checked_add(y), a.checked_add(b))
            && is(x.checked_sub(y), a.checked_sub(b))
            && is(x.checked_mul(y), a.checked_mul(b))
            && is(x.checked_div(y), a.checked_div(b))
            && is(x.checked_rem(y), a.checked_rem(b))
            && is(x.checked_div_ceil(y), (b != 0).then(|| a.div_ceil(b)))
            && is(Some(x.saturating_add(y)), Some(a.saturating_add(b)))
            && is(Some(x.saturating_sub(y)), Some(a.saturating_sub(b)))
            && is(Some(x.saturating_mul(y)), Some(a.saturating_mul(b)))
            && is(Some(x.isqrt()), Some(a.isqrt()))
            && is(Some(x.shifted_down(other as u32)), Some(a.checked_shr(other as u32).unwrap_or(0)))
            && is(
                x.shifted_up(other as u32),
                a.checked_shl(other as u32).filter(|up| up.checked_shr(other as u32) == Some(a)),
            )
            && x.times(y).get() == i64::from(a) * i64::from(b)
            && x.signed().map(I64::get) == i8::try_from(a).ok().map(i64::from)
            && x.significant_bits() == 8 - a.leading_zeros()
            && x.cmp(&y) == a.cmp(&b);
        t.require(agrees, || format!("{a}, {b}"));
    }
}

fn signed(part: usize, t: &mut Tally) {
    let a = part as u8 as i8;
    let x = I64::new(a.into()).unwrap();
    for other in SIGNED {
        let (b, y) = (other as i8, I64::new(other).unwrap());
        let is = |got: Option<I64>, machine: Option<i8>| got.map(I64::get) == machine.map(i64::from);
        t.count(true);
        let agrees = is(x.checked_add(y), a.checked_add(b))
            && is(x.checked_sub(y), a.checked_sub(b))
            && is(x.checked_mul(y), a.checked_mul(b))
            && is(x.checked_div(y), a.checked_div(b))
            && is(Some(x.saturating_add(y)), Some(a.saturating_add(b)))
            && is(Some(x.saturating_sub(y)), Some(a.saturating_sub(b)))
            && is(Some(x.saturating_mul(y)), Some(a.saturating_mul(b)))
            && is(x.checked_neg(), a.checked_neg())
            && x.unsigned_abs().get() == i64::from(a.unsigned_abs())
            && (x.is_negative(), x.is_positive()) == (a < 0, a > 0)
            && x.cmp(&y) == a.cmp(&b);
        t.require(agrees, || format!("{a}, {b}"));
    }
}

/// All products, and all halves.
fn wide(part: usize, t: &mut Tally) {
    for low in UNSIGNED {
        let bits = (part as u16) << 8 | low as u16;
        let x = U128::new(bits.into()).unwrap();
        let value = I128::new((bits as i16).into()).unwrap();
        t.count(true);
        let mut agrees = x.isqrt().get() == i64::from(bits.isqrt())
            && x.signed().map(I128::get) == i16::try_from(bits).ok().map(i64::from)
            && U64::narrow(x).map(U64::get) == u8::try_from(bits).ok().map(i64::from)
            && join(split(value)) == value
            && split(value) == [lit(low as u64), lit(part as u64)];
        for shift in 0..20 {
            let up = bits.checked_shl(shift).filter(|up| up.checked_shr(shift) == Some(bits)).map(i64::from);
            agrees &= x.shifted_up(shift).map(U128::get) == up;
            agrees &= x.shifted_down(shift).get() == i64::from(bits.checked_shr(shift).unwrap_or(0));
            if shift < 16 {
                let floor = i8::try_from((bits as i16) >> shift).ok().filter(|floor| *floor != i8::MIN);
                agrees &= U64::shifted_floor(value, shift).map(I64::get) == floor.map(i64::from);
            }
        }
        for other in UNSIGNED {
            let y = U128::new(other * 257).unwrap();
            let divides = y.get() != 0;
            agrees &= x.checked_div(y).map(U128::get) == divides.then(|| x.get() / y.get());
            agrees &= x.checked_div_ceil(y).map(U128::get) == divides.then(|| ceil(x.get(), y.get()));
            agrees &= x.checked_add(y).map(U128::get) == bits.checked_add(y.get() as u16).map(i64::from);
        }
        t.require(agrees, || format!("{bits}"));
    }
}
