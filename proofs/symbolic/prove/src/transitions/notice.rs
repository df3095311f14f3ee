//! Notice before maintenance rises.

use plimsoll_engine::notice::Notice;
use words::U64;

use super::prelude::*;

/// What is explored here.
pub const LIST: &[Transition] =
    &[Transition { name: "notice", run: look }, Transition { name: "notice-twice", run: twice }];

/// Seconds of notice, where it has not run out.
const NOTICE: u32 = 3_600;

/// A coefficient of maintenance: a ratio, or a reciprocal of depth.
fn coefficient(name: &str, typical: u64) -> U64 {
    bounded(name, 0, u64::MAX, typical)
}

/// Seconds since the notice ran out: a term, as only `lit` is done with them.
fn since(name: &str, typical: u64) -> (i64, Expr) {
    let seconds = given::input(name, 0, 1u64 << 40, typical);
    (i64::try_from(words::machine_number(&seconds)).unwrap_or(i64::MAX), Expr(seconds))
}

fn parameters() -> Risk {
    Risk { rise: ratio("rise", ONE / 1_000, ONE, ONE / 10), ..Risk::default() }
}

/// What was in force when the rise was announced, what is announced, and what is in force.
fn announced() -> (Notice, U64) {
    let notice = Notice { level: coefficient("level", 1_200), from: coefficient("from", 1_000), announced: 0 };
    let in_force = coefficient("in_force", 1_010);
    assume(all([lt(0, notice.level), lt(in_force, notice.level), le(notice.from, in_force)]));
    (notice, in_force)
}

/// `raised <= start + from x rise x seconds / 3600`.
fn within(raised: U64, start: &Expr, from: U64, rise: Ratio, seconds: &Expr) -> terms::Formula {
    le((e(raised) - start) * power(32) * 3_600i64, e(from) * e(rise) * seconds)
}

fn look() {
    let mut risk = parameters();
    let model = coefficient("model", 1_300);
    let (silent, waits) = (either(), either());
    if silent {
        let in_force = coefficient("in_force", 1_010);
        risk.notice = NOTICE;
        let (next, after) = Notice::default().look(&risk, in_force, model, 77);
        claim(Of::I11, "nothing-rises-unannounced", le(after, in_force), eq(after, model));
        claim(
            Of::I11,
            "announces-the-model",
            any([le(model, in_force), all([eq(next.level, model), eq(next.from, in_force), eq(after, in_force)])]),
            eq(next.level, model),
        );
        claim(Of::I11, "follows-down-at-once", any([lt(in_force, model), eq(after, model)]), eq(after, model));
        return;
    }
    let (notice, in_force) = announced();
    let (now, seconds) = if waits {
        // The last second of the notice, or before.
        risk.notice = NOTICE;
        (if either() { i64::from(NOTICE) } else { 1 }, Expr(terms::Poly::default()))
    } else {
        since("seconds", 1_800)
    };
    let (next, after) = notice.look(&risk, in_force, model, now);
    claim(
        Of::I11,
        "at-most-what-was-announced",
        any([le(after, in_force), all([le(after, notice.level), le(after, model)])]),
        lt(after, notice.level),
    );
    claim(
        Of::I11,
        "at-most-by-speed-and-time",
        any([le(after, in_force), within(after, &e(notice.from), notice.from, risk.rise, &seconds)]),
        le(after, in_force),
    );
    claim(
        Of::I11,
        "an-announcement-never-grows",
        any([eq(next.level, 0), all([le(next.level, notice.level), eq(next.from, notice.from)])]),
        any([eq(next.level, 0), lt(next.level, notice.level)]),
    );
    if waits {
        claim(Of::I11, "nothing-rises-within-the-notice", le(after, in_force), eq(after, in_force));
    }
}

/// Two looks after one announcement: looking more often raises nothing faster.
fn twice() {
    let risk = parameters();
    let (notice, in_force) = announced();
    let (model, later) = (coefficient("model", 1_300), coefficient("model_later", 1_300));
    let ((first, early), (second, late)) = (since("early", 1_800), since("late", 5_400));
    assume(le(&early, &late));
    let (next, once) = notice.look(&risk, in_force, model, first);
    let (_, again) = next.look(&risk, once, later, second);
    let (_, alone) = notice.look(&risk, in_force, later, second);
    claim(
        Of::I11,
        "a-look-between-raises-nothing",
        any([le(again, once), le(again, alone)]),
        any([lt(again, once), lt(again, alone)]),
    );
    claim(
        Of::I11,
        "at-most-by-speed-and-time",
        any([le(again, in_force), within(again, &e(notice.from), notice.from, risk.rise, &late)]),
        le(again, in_force),
    );
}
