//! Products, quotients and ratios, over all inputs.

use plimsoll_engine::{Result, math, position::Position, units::*};
use words::{U64, bits, lit};

use crate::{
    exact::*,
    run::{Rule, Tally},
    world::*,
};

/// All of them.
pub const RULES: &[Rule] = &[
    Rule { name: "arithmetic/mul-shift", parts: 256, run: mul_shift },
    Rule { name: "arithmetic/mul-div", parts: 256, run: mul_div },
    Rule { name: "arithmetic/ratio-products", parts: 256, run: ratio_products },
    Rule { name: "arithmetic/reciprocal", parts: 256, run: reciprocals },
    Rule { name: "arithmetic/value-at-price", parts: 256, run: values },
    Rule { name: "arithmetic/profit-or-loss", parts: 256, run: profit_or_loss },
    Rule { name: "arithmetic/sums", parts: 256, run: sums },
];

/// The engine's answer is the expected one where it fits, and a refusal where it does not.
fn exactly(t: &mut Tally, got: Option<i64>, expected: i64, fits: bool, case: impl Fn() -> String) {
    t.count(got.is_some());
    t.require(got == fits.then_some(expected), || format!("{}: {got:?}, not {expected}", case()));
}

fn word(result: Result<U64>) -> Option<i64> {
    result.ok().map(U64::get)
}

fn mul_shift(part: usize, t: &mut Tally) {
    let a = part as i64;
    for b in UNSIGNED {
        for shift in 0..18 {
            let case = || format!("{a} x {b} >> {shift}");
            let allowed = shift < 16;
            let down = floor(a * b, 1 << shift);
            let up = ceil(a * b, 1 << shift);
            let (x, y) = (lit(a as u64), lit(b as u64));
            exactly(t, word(math::mul_shift_floor(x, y, shift)), down, allowed && fits(down), case);
            exactly(t, word(math::mul_shift_ceil(x, y, shift)), up, allowed && fits(up), case);
        }
    }
}

fn mul_div(part: usize, t: &mut Tally) {
    let a = part as i64;
    for b in UNSIGNED {
        for c in UNSIGNED {
            let case = || format!("{a} x {b} / {c}");
            let (x, y, z) = (lit(a as u64), lit(b as u64), lit(c as u64));
            let divisor = c.max(1);
            let (down, up) = (floor(a * b, divisor), ceil(a * b, divisor));
            exactly(t, word(math::mul_div_floor(x, y, z)), down, c > 0 && fits(down), case);
            exactly(t, word(math::mul_div_ceil(x, y, z)), up, c > 0 && fits(up), case);
        }
    }
}

fn ratio_products(part: usize, t: &mut Tally) {
    let r = part as i64;
    for a in UNSIGNED {
        let case = || format!("ratio {r}, {a}");
        let (down, up) = (mulf(r, a), mulc(r, a));
        let atoms_of = |result: Result<Atoms>| result.ok().map(|v| v.0.get());
        let ratio_of = |result: Result<Ratio>| result.ok().map(|v| v.0.get());
        exactly(t, atoms_of(ratio(r).mul_floor(atoms(a))), down, fits(down), case);
        exactly(t, atoms_of(ratio(r).mul_ceil(atoms(a))), up, fits(up), case);
        exactly(t, ratio(r).of_price_floor(ticks(a)).ok().map(|v| v.0.get()), down, fits(down), case);
        exactly(t, ratio_of(ratio(r).times_ceil(ratio(a))), up, fits(up), case);
        exactly(t, ratio_of(ratio(r).plus(ratio(a))), r + a, fits(r + a), case);
        exactly(t, Some(ratio(r).saturating_plus(ratio(a)).0.get()), (r + a).min(255), true, case);
        let (down, up) = (floor(r * ONE, a.max(1)), ceil(r * ONE, a.max(1)));
        let (x, y) = (lit(r as u64), lit(a as u64));
        exactly(t, ratio_of(Ratio::of_floor(x, y)), down, a > 0 && fits(down), case);
        exactly(t, ratio_of(Ratio::of_ceil(x, y)), up, a > 0 && fits(up), case);
    }
}

/// A reciprocal is at least the exact one, by less than its last bit; what is made with it is at least the exact quotient.
fn reciprocals(part: usize, t: &mut Tally) {
    let x = part as i64;
    let exact = ceil(1 << bits::RECIPROCAL, 2 * x.max(1));
    let (least, most) = (1 << bits::RECIPROCAL_RANGE.0, 1 << bits::RECIPROCAL_RANGE.1);
    let made = Reciprocal::of_twice(lit(part as u64));
    exactly(t, made.ok().map(|r| r.0.get()), exact, (least..=most).contains(&x), || format!("of {x}"));
    for a in UNSIGNED {
        let case = || format!("{x}, {a}");
        let raw = ceil(a * x, 1 << (bits::RECIPROCAL - bits::RATIO));
        exactly(t, reciprocal(x).ratio_ceil(atoms(a)).ok().map(|r| r.0.get()), raw, fits(raw), case);
        let raw = ceil(a * x, 1 << (bits::RECIPROCAL - bits::WORD));
        exactly(t, word(reciprocal(x).fraction_ceil(size(a))), raw, fits(raw), case);
        let Ok(made) = made else { continue };
        if let Ok(quotient) = made.ratio_ceil(atoms(a)) {
            t.require(quotient.0.get() * 2 * x >= a * ONE, || format!("{a} / (2 x {x}) is too low"));
        }
        if let Ok(fraction) = made.fraction_ceil(size(a)) {
            t.require(fraction.get() * 2 * x >= a << bits::WORD, || format!("{a} of 2 x {x} is too low"));
        }
    }
}

fn values(part: usize, t: &mut Tally) {
    let p = part as i64;
    for n in UNSIGNED {
        exactly(t, size(n).at(ticks(p)).ok().map(|v| v.0.get()), n * p, fits(n * p), || format!("{n} at {p}"));
    }
    for n in SIGNED {
        // The least signed value has no magnitude with a sign; refusing it is right, if it can be refused at all.
        let fits = fits_signed(n * p) && (n * p > -128);
        exactly(t, lots(n).at(ticks(p)).ok().map(|v| v.0.get()), n * p, fits, || format!("{n} at {p}"));
    }
}

/// Exact; and a price that is worse for the holder never gives more.
fn profit_or_loss(part: usize, t: &mut Tally) {
    let n = part as i64 - 128;
    for cost in SIGNED {
        let held = Position { lots: lots(n), cost: pnl(cost), ..Position::default() };
        let mut better: Option<i64> = None;
        // From the best price to the worst.
        for step in UNSIGNED {
            let p = if n < 0 { step } else { 255 - step };
            let exact = n * p - cost;
            let got = held.pnl(ticks(p)).ok().map(|v| v.0.get());
            exactly(t, got, exact, n * p > -128 && fits_signed(n * p) && fits_signed(exact), || {
                format!("{n}, {cost}, {p}")
            });
            if let Some(now) = got {
                t.require(better.is_none_or(|before| now <= before), || format!("{n} at {p} gained"));
                better = Some(now);
            }
        }
    }
}

fn sums(part: usize, t: &mut Tally) {
    let a = part as i64;
    for b in UNSIGNED {
        let case = || format!("{a}, {b}");
        exactly(t, atoms(a).plus(atoms(b)).ok().map(|v| v.0.get()), a + b, fits(a + b), case);
        exactly(t, atoms(a).minus(atoms(b)).ok().map(|v| v.0.get()), a - b, fits(a - b), case);
        exactly(t, Some(atoms(a).saturating_minus(atoms(b)).0.get()), plus(a - b), true, case);
        exactly(t, atoms(a).signed().ok().map(|v| v.0.get()), a, fits_signed(a), case);
        exactly(t, size(a).signed(true).ok().map(|v| v.0.get()), a, fits_signed(a), case);
        exactly(t, size(a).signed(false).ok().map(|v| v.0.get()), -a, fits_signed(a), case);
        let (x, y) = (a - 128, b - 128);
        exactly(t, pnl(x).plus(pnl(y)).ok().map(|v| v.0.get()), x + y, fits_signed(x + y), case);
        exactly(t, pnl(x).minus(pnl(y)).ok().map(|v| v.0.get()), x - y, fits_signed(x - y), case);
        exactly(t, pnl(x).negated().ok().map(|v| v.0.get()), -x, fits_signed(-x), case);
        exactly(t, Some(pnl(x).gain().0.get()), plus(x), true, case);
        exactly(t, Some(pnl(x).loss().0.get()), plus(-x), true, case);
    }
}
