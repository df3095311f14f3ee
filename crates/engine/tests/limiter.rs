//! The withdrawal limiter, and everything that comes and goes in any order.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::expect_used,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::integer_division,
    clippy::panic,
    clippy::unwrap_used
)]

mod common;

use std::collections::BTreeMap;

use common::{USD, cases};
use plimsoll_engine::{
    EngineError,
    limiter::{ALLOWANCE, FLOOR, Limiter, Outflow, Quota},
    units::Atoms,
};
use proptest::prelude::*;

const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;
/// Midnight.
const NOW: i64 = 20_000 * DAY;
const MILLION: u64 = 1_000_000 * USD;

/// A vault, its limiter and one account for each name.
#[derive(Clone, Default)]
struct Vault {
    total: u64,
    limiter: Limiter,
    quotas: BTreeMap<u8, Quota>,
}

impl Vault {
    /// One that has held so much since the day before yesterday, in accounts that nothing is known of.
    fn old(total: u64) -> Self {
        let limiter = Limiter::default().at(Atoms(total), NOW - DAY).at(Atoms(total), NOW);
        Self { total, limiter, quotas: BTreeMap::new() }
    }

    fn deposit(&mut self, who: u8, amount: u64, now: i64) {
        let quota = self.quotas.entry(who).or_default();
        self.limiter.receive(quota, Atoms(amount), Atoms(self.total), now).unwrap();
        self.total += amount;
    }

    fn provide(&mut self, amount: u64, now: i64) {
        self.limiter.receive_for_shares(Atoms(amount), Atoms(self.total), now);
        self.total += amount;
    }

    fn withdraw(&mut self, who: u8, amount: u64, now: i64) -> Result<Outflow, EngineError> {
        let quota = self.quotas.entry(who).or_default();
        let left = self.limiter.withdraw(quota, Atoms(amount), Atoms(self.total), now)?;
        self.total -= amount;
        Ok(left)
    }

    fn redeem(&mut self, amount: u64, now: i64) -> Result<Outflow, EngineError> {
        let left = self.limiter.pay_for_shares(Atoms(amount), Atoms(self.total), now)?;
        self.total -= amount;
        Ok(left)
    }

    /// What an account can take out.
    fn available(&self, who: u8, now: i64) -> u64 {
        let quota = self.quotas.get(&who).copied().unwrap_or_default();
        self.limiter.available(&quota, Atoms(self.total), now).unwrap().0
    }
}

fn counted(amount: u64) -> Result<Outflow, EngineError> {
    Ok(Outflow { counted: Atoms(amount), allowed: Atoms(0) })
}

const LIMITED: Result<Outflow, EngineError> = Err(EngineError::WithdrawalLimited);

#[test]
fn a_fifth_leaves_in_an_hour_and_two_in_a_day() {
    let mut vault = Vault::old(100 * MILLION);
    assert_eq!(vault.redeem(20 * MILLION + 1, NOW), LIMITED);
    assert_eq!(vault.redeem(20 * MILLION, NOW), counted(20 * MILLION));
    assert_eq!((vault.redeem(1, NOW + HOUR - 1), vault.limiter.more_at()), (LIMITED, NOW + HOUR));
    assert_eq!(vault.redeem(15 * MILLION, NOW + HOUR), counted(15 * MILLION), "of what was there the day before");
    assert_eq!(vault.redeem(5 * MILLION + 1, NOW + 2 * HOUR), LIMITED);
    assert_eq!(vault.redeem(5 * MILLION, NOW + 2 * HOUR), counted(5 * MILLION));
    assert_eq!((vault.redeem(1, NOW + DAY - 1), vault.limiter.more_at()), (LIMITED, NOW + DAY));
    assert_eq!(vault.redeem(12 * MILLION + 1, NOW + DAY), LIMITED, "a fifth of 60");
    assert_eq!(vault.redeem(12 * MILLION, NOW + DAY), counted(12 * MILLION));
}

#[test]
fn a_small_exchange_is_never_locked() {
    let mut vault = Vault::old(2 * FLOOR.0);
    assert_eq!(vault.redeem(FLOOR.0 + 1, NOW), LIMITED);
    assert_eq!(vault.redeem(FLOOR.0, NOW), counted(FLOOR.0));
    assert_eq!(vault.redeem(FLOOR.0, NOW + HOUR), counted(FLOOR.0), "all of it within two hours");
}

#[test]
fn a_small_amount_leaves_by_every_account_and_day_in_any_case() {
    let mut vault = Vault::old(100 * MILLION);
    vault.redeem(20 * MILLION, NOW).unwrap();
    for who in 0..3 {
        assert_eq!(vault.available(who, NOW), ALLOWANCE.0);
        assert_eq!(vault.withdraw(who, ALLOWANCE.0 + 1, NOW), LIMITED);
        let part = Outflow { counted: Atoms(0), allowed: Atoms(ALLOWANCE.0 / 2) };
        assert_eq!(vault.withdraw(who, ALLOWANCE.0 / 2, NOW), Ok(part));
        assert_eq!(vault.withdraw(who, ALLOWANCE.0 / 2, NOW + HOUR - 1), Ok(part));
        assert_eq!(vault.withdraw(who, 1, NOW + HOUR - 1), LIMITED);
    }
    // In the next hour there is room, which goes first; on the next day there is the allowance again.
    assert_eq!(vault.withdraw(0, 20 * MILLION, NOW + HOUR), counted(20 * MILLION));
    assert_eq!(vault.withdraw(0, 1, NOW + DAY - 1), LIMITED);
    let all = vault.limiter.at(Atoms(vault.total), NOW + DAY).room().0;
    let mixed = Outflow { counted: Atoms(all), allowed: ALLOWANCE };
    assert_eq!(vault.withdraw(0, all + ALLOWANCE.0, NOW + DAY), Ok(mixed));
}

#[test]
fn a_10_money_that_passes_through_uses_up_nobodys_part() {
    // Given a vault, and somebody with as much again, over midnight and all hours
    let mut vault = Vault::old(100 * MILLION);
    for step in 0..200 {
        let now = NOW + step * 1_300;
        vault.deposit(0, 10 * MILLION, now);
        assert_eq!(vault.withdraw(0, 10 * MILLION, now + 900), Ok(Outflow::default()));
        // then everybody else has all of the limit.
        assert_eq!(vault.limiter.at(Atoms(vault.total), now + 900).room(), Atoms(20 * MILLION));
    }
}

#[test]
fn what_came_in_is_its_owners_until_the_end_of_the_next_day() {
    let mut vault = Vault::old(100 * MILLION);
    vault.deposit(0, 50 * MILLION, NOW + 10);
    vault.deposit(0, 10 * MILLION, NOW + DAY);
    let last = NOW + 2 * DAY - 1;
    assert_eq!(vault.clone().withdraw(1, 30 * MILLION, last), LIMITED, "it is nobody else's");
    assert_eq!(vault.clone().withdraw(0, 60 * MILLION, last), Ok(Outflow::default()));
    assert_eq!(vault.withdraw(0, 55 * MILLION, last), Ok(Outflow::default()), "the older first");
    assert_eq!(vault.quotas[&0].fresh, Atoms(5 * MILLION));
    let later = vault.clone().withdraw(0, 6 * MILLION, last + 1);
    assert_eq!(later, counted(MILLION), "what came on the last day is still his");
    assert_eq!(vault.withdraw(0, 6 * MILLION, last + 1 + DAY), counted(6 * MILLION));
}

#[test]
fn a_loan_over_midnight_does_not_raise_the_limit() {
    let mut vault = Vault::old(10 * MILLION);
    vault.deposit(0, 1_000 * MILLION, NOW + DAY - 1);
    for now in [NOW + DAY - 1, NOW + DAY, NOW + 2 * DAY - 1] {
        assert_eq!(vault.limiter.at(Atoms(vault.total), now).hour_limit(), Atoms(2 * MILLION));
    }
    // From then on it counts, and counts when it leaves.
    let after = vault.limiter.at(Atoms(vault.total), NOW + DAY).at(Atoms(vault.total), NOW + 2 * DAY);
    assert_eq!(after.hour_limit(), Atoms(202 * MILLION));
    assert_eq!(vault.withdraw(0, 202 * MILLION, NOW + 2 * DAY), counted(202 * MILLION));
}

#[test]
fn a_deposit_for_shares_makes_good_what_left_before_it_and_no_more() {
    let mut vault = Vault::old(100 * MILLION);
    vault.provide(10 * MILLION, NOW);
    assert_eq!(vault.redeem(20 * MILLION + 1, NOW), LIMITED, "nothing had left");
    vault.redeem(20 * MILLION, NOW).unwrap();
    vault.provide(5 * MILLION, NOW);
    assert_eq!(vault.redeem(5 * MILLION + 1, NOW), LIMITED);
    assert_eq!(vault.redeem(5 * MILLION, NOW), counted(5 * MILLION));
    vault.provide(90 * MILLION, NOW + 1);
    assert_eq!((vault.limiter.hour_outflow, vault.limiter.day_outflow), (Atoms(0), Atoms(0)));
}

#[test]
fn a_deposit_does_not_make_room_for_others() {
    let mut vault = Vault::old(100 * MILLION);
    vault.withdraw(0, 20 * MILLION, NOW).unwrap();
    vault.deposit(0, 20 * MILLION, NOW);
    assert_eq!(vault.withdraw(1, ALLOWANCE.0 + 1, NOW), LIMITED);
    assert_eq!(vault.withdraw(0, 20 * MILLION, NOW), Ok(Outflow::default()));
}

#[test]
fn a_clock_that_steps_back_changes_nothing() {
    let mut vault = Vault::old(100 * MILLION);
    vault.redeem(20 * MILLION, NOW).unwrap();
    let before = vault.limiter;
    assert_eq!(vault.limiter.at(Atoms(vault.total), NOW - 10 * DAY), before);
    assert_eq!(vault.limiter.at(Atoms(vault.total), i64::MIN), before);
    assert!(vault.limiter.at(Atoms(vault.total), i64::MAX).invariant());
    assert_eq!(Quota { day: 20_000, fresh: Atoms(5), ..Quota::default() }.at(i64::MIN).fresh, Atoms(5));
}

#[test]
fn a_refusal_writes_nothing_and_states_that_are_not_possible_are_seen() {
    let mut vault = Vault::old(100 * MILLION);
    vault.redeem(MILLION, NOW).unwrap();
    vault.deposit(0, 7, NOW);
    let (limiter, quotas) = (vault.limiter, vault.quotas.clone());
    assert_eq!(vault.redeem(20 * MILLION, NOW + DAY), LIMITED);
    assert_eq!(vault.withdraw(0, 20 * MILLION, NOW + DAY), LIMITED);
    assert_eq!((vault.limiter, &vault.quotas), (limiter, &quotas));
    assert!(limiter.invariant() && quotas[&0].invariant());
    assert!(!Limiter { hour_outflow: Atoms(20 * MILLION + 1), ..limiter }.invariant());
    assert!(!Limiter { day_outflow: Atoms(40 * MILLION + 1), ..limiter }.invariant());
    assert!(!Quota { spent: Atoms(ALLOWANCE.0 + 1), ..Quota::default() }.invariant());
}

/// Something that somebody does, so long after what came before.
type Flow = (u8, u8, u64, i64);

fn flows() -> impl Strategy<Value = Vec<Flow>> {
    let wait = prop_oneof![4 => 0i64..1_000, 2 => 0i64..8_000, 1 => 0i64..200_000];
    proptest::collection::vec((0u8..4, 0u8..5, 1u64..40 * MILLION, wait), 1..120)
}

proptest! {
    #![proptest_config(cases(500))]

    /// Kept apart from the limiter: for every hour and day what left and was not the account's own of two days.
    #[test]
    fn no_sequence_lets_more_than_the_limit_leave_in_any_hour_or_day(start in 0u64..200 * MILLION, flows in flows()) {
        let mut vault = Vault::old(start);
        let mut now = NOW;
        // Brought and not taken back, by account and day; gone by hour and day; let out by account and day.
        let mut own: BTreeMap<(u8, i64), u64> = BTreeMap::new();
        let mut gone: BTreeMap<(i64, i64), u64> = BTreeMap::new();
        let mut allowed: BTreeMap<(u8, i64), u64> = BTreeMap::new();
        let mut least: BTreeMap<i64, u64> = BTreeMap::from([(NOW / DAY - 1, start), (NOW / DAY, start)]);
        for (kind, who, amount, wait) in flows {
            let before = now / DAY;
            now += wait;
            let (hour, day) = (now / HOUR, now / DAY);
            for passed in before..=day {
                least.entry(passed).or_insert(vault.total);
            }
            let amount = if kind > 1 { amount.min(vault.total) } else { amount };
            let limit = FLOOR.0.max(least[&(day - 1)] / 5);
            let windows = [((HOUR, hour), limit), ((DAY, day), 2 * limit)];
            match kind {
                0 => {
                    vault.deposit(who, amount, now);
                    *own.entry((who, day)).or_default() += amount;
                }
                1 => {
                    vault.provide(amount, now);
                    for (window, _) in windows {
                        let out = gone.entry(window).or_default();
                        *out = out.saturating_sub(amount);
                    }
                }
                _ => {
                    let most = vault.available(who, now);
                    let amount = if kind == 2 { amount.min(most) } else { amount };
                    let done = if kind == 2 { vault.withdraw(who, amount, now) } else { vault.redeem(amount, now) };
                    prop_assert!(kind == 3 || done.is_ok(), "what is available can leave");
                    if done.is_ok() {
                        let mut rest = amount;
                        for brought in [day - 1, day].into_iter().filter(|_| kind == 2) {
                            let there = own.entry((who, brought)).or_default();
                            let taken = rest.min(*there);
                            (*there, rest) = (*there - taken, rest - taken);
                        }
                        let room = windows.map(|(window, limit)| limit - gone.get(&window).copied().unwrap_or(0));
                        let beyond = rest.saturating_sub(room[0].min(room[1]));
                        let spent = allowed.entry((who, day)).or_default();
                        *spent += beyond;
                        prop_assert!(*spent <= ALLOWANCE.0 && (kind == 2 || beyond == 0));
                        for (window, limit) in windows {
                            let out = gone.entry(window).or_default();
                            *out += rest - beyond;
                            prop_assert!(*out <= limit, "{} of {}", *out, limit);
                        }
                    }
                }
            }
            let seen = least.entry(day).or_insert(vault.total);
            *seen = (*seen).min(vault.total);
            prop_assert!(vault.limiter.invariant() && vault.quotas.values().all(Quota::invariant));
        }
    }
}
