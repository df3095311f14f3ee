//! Rounding of the primitive operations.

use super::prelude::*;

/// What is explored here.
pub const LIST: &[Transition] = &[
    Transition { name: "ratio-floor", run: floor },
    Transition { name: "ratio-ceil", run: ceil },
    Transition { name: "ratio-times", run: times },
    Transition { name: "div-floor", run: div_floor },
    Transition { name: "div-ceil", run: div_ceil },
    Transition { name: "reciprocal", run: reciprocal },
];

fn floor() {
    let (share, amount) = (ratio("ratio", 0, 8 * ONE, ONE / 3), atoms("amount", 1_000_001));
    let Some(part) = fitting(share.mul_floor(amount)) else { return };
    let (exact, got) = (e(amount) * e(share), e(part) * power(32));
    claim(Of::I10, "down", all([le(&got, &exact), lt(&exact, got.clone() + power(32))]), eq(&got, &exact));
}

fn ceil() {
    let (share, amount) = (ratio("ratio", 0, 8 * ONE, ONE / 3), atoms("amount", 1_000_001));
    let Some(part) = fitting(share.mul_ceil(amount)) else { return };
    let (exact, got) = (e(amount) * e(share), e(part) * power(32));
    claim(Of::I10, "up", all([le(&exact, &got), lt(&got, exact.clone() + power(32))]), le(&got, &exact));
}

fn times() {
    let (one, two) = (ratio("one", 0, 1 << 36, ONE / 3), ratio("two", 0, 1 << 36, ONE / 7));
    let Some(product) = always_fitting(one.times_ceil(two), |product| lt(product, power(39))) else { return };
    let (exact, got) = (e(one) * e(two), e(product) * power(32));
    claim(Of::I10, "up", all([le(&exact, &got), lt(&got, exact.clone() + power(32))]), le(&got, &exact));
}

fn div_floor() {
    let (a, b, c) = (word("a", 60, 1_001), word("b", 60, 77), word("c", 60, 1_000));
    assume(le(1, c));
    cap(le(b, c));
    let Some(got) = fitting(math::mul_div_floor(a, b, c)) else { return };
    let (exact, low) = (e(a) * e(b), e(got) * e(c));
    claim(Of::I10, "down", all([le(&low, &exact), lt(&exact, low.clone() + e(c))]), eq(&low, &exact));
    claim(Of::I10, "at-most-all", le(got, a), lt(got, a));
}

fn div_ceil() {
    let (a, b, c) = (word("a", 60, 1_001), word("b", 60, 77), word("c", 60, 1_000));
    assume(le(1, c));
    cap(le(b, c));
    let Some(got) = fitting(math::mul_div_ceil(a, b, c)) else { return };
    let (exact, high) = (e(a) * e(b), e(got) * e(c));
    claim(Of::I10, "up", all([le(&exact, &high), lt(&high, exact.clone() + e(c))]), le(&high, &exact));
    claim(Of::I10, "at-most-all", le(got, a), lt(got, a));
}

fn reciprocal() {
    let (x, amount) = (bounded("x", 1 << 30, 1 << 55, 1 << 40), atoms("amount", 1 << 35));
    let Some(reciprocal) = fitting(Reciprocal::of_twice(x)) else { return };
    cap(le(amount, e(x) * 8));
    let Some(share) = fitting(reciprocal.ratio_ceil(amount)) else { return };
    mention(e(amount) * e(reciprocal) * e(x));
    // amount / (2 x) <= share / 2^32
    let (exact, got) = (e(amount) * power(31), e(share) * e(x));
    claim(Of::I10, "up", le(&exact, &got), le(&got, &exact));
}
