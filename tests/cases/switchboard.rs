//! Reading a Switchboard feed: the program's own source, on accounts built field by field.

use plimsoll_client::{
    engine::price::Observation,
    oracle::{programs, switchboard},
};
use plimsoll_tests::{
    Address, PlimsollError,
    oracle::{Feed, LEGACY, QUEUE, RECEIVER, RECEIVER_PRO, SWITCHBOARD},
    state::{ORACLE_NONE, ORACLE_PYTH_LEGACY, ORACLE_PYTH_PULL, ORACLE_SWITCHBOARD},
    world::DOLLAR,
};

const NOW: i64 = 1_760_130_000;
const HOME: Address = Address::new_from_array([3; 32]);

/// What a market that stored the feed as it stands reads.
fn read(feed: &Feed) -> Result<Observation, PlimsollError> {
    switchboard::observe(&feed.digest(&HOME), &HOME, &feed.data())
}

/// The usual feed at $150 after a change.
fn changed(change: impl FnOnce(&mut Feed)) -> Result<Observation, PlimsollError> {
    let mut feed = Feed::at(150 * DOLLAR, NOW);
    change(&mut feed);
    read(&feed)
}

#[test]
fn a_feed_has_its_documented_length_and_digest() {
    let feed = Feed::at(150 * DOLLAR, NOW);
    assert_eq!(feed.data().len(), 8 + 3_200);
    assert_eq!(switchboard::feed(&HOME, &feed.data()), Ok(feed.digest(&HOME)));
}

#[test]
fn the_result_is_read_with_the_time_of_its_answer_and_no_claim_to_be_the_first() {
    let seen = changed(|_| ()).unwrap();
    let expected = Observation {
        price: 150 * DOLLAR,
        confidence: 1_500_000,
        ema: 150 * DOLLAR,
        exponent: -8,
        publish_time: NOW,
        previous_publish_time: NOW,
    };
    assert_eq!(seen, expected);
}

#[test]
fn a_small_price_keeps_all_its_digits_and_a_deviation_is_never_smaller_than_it_is() {
    let small = |value: i128, deviation: i128| {
        changed(|feed| {
            (feed.value, feed.deviation, feed.answers[1].value) = (value, deviation, value);
        })
    };
    let seen = small(1_234_567_890_123, 7).unwrap();
    assert_eq!((seen.price, seen.confidence, seen.exponent), (1_234_567_890_123, 7, -18));
    let most = i128::from(i64::MAX);
    assert_eq!(small(most, 1).map(|seen| (seen.price, seen.exponent)), Ok((i64::MAX, -18)));
    let seen = small(most + 1, 1).unwrap();
    assert_eq!((seen.price, seen.confidence, seen.exponent), (922_337_203, 1, -8), "down, up");
    assert_eq!(small(1, i128::from(u64::MAX) + 1), Err(PlimsollError::PriceTooUncertain));
    let largest = (most + 1) * 10_000_000_000;
    assert_eq!(small(largest - 1, 0).map(|seen| seen.price), Ok(i64::MAX));
    assert_eq!(small(largest, 0), Err(PlimsollError::PriceTooHigh));
    assert_eq!(small(i128::MAX, 0), Err(PlimsollError::PriceTooHigh));
    assert_eq!(small(largest - 1, i128::MAX), Err(PlimsollError::PriceTooUncertain));
    for value in [0, -1, i128::MIN] {
        assert_eq!(small(value, 1), Err(PlimsollError::PriceNotPositive), "{value}");
    }
    assert_eq!(small(1, -1), Err(PlimsollError::OracleMalformed));
}

#[test]
fn a_result_is_as_old_as_its_answer_and_no_younger_than_its_landing() {
    let time = |signed: i64, landed: i64| {
        changed(|feed| (feed.answers[1].signed_at, feed.last_update) = (signed, landed)).unwrap().publish_time
    };
    assert_eq!(time(NOW - 100, NOW), NOW - 100, "an answer that landed late, or is chosen again");
    assert_eq!(time(NOW + 100, NOW), NOW, "an oracle whose clock is fast");
    assert_eq!(time(0, NOW), 0, "an answer without a time is too old for anything");
}

#[test]
fn too_few_answers_none_or_one_that_is_gone_are_refused() {
    assert_eq!(changed(|feed| feed.samples = 1), Err(PlimsollError::OracleNotVerified));
    assert!(changed(|feed| feed.samples = 2).is_ok());
    let none = changed(|feed| (feed.samples, feed.minimum_samples) = (0, 0));
    assert_eq!(none, Err(PlimsollError::OracleNotVerified), "one is needed in any case");
    assert_eq!(changed(|feed| feed.slot = 0), Err(PlimsollError::OracleNotTrading));
    assert_eq!(changed(|feed| feed.answers[1].value += 1), Err(PlimsollError::OracleMalformed));
    assert_eq!(changed(|feed| feed.chosen = 0), Err(PlimsollError::OracleMalformed));
    for chosen in [32, 255] {
        assert_eq!(changed(|feed| feed.chosen = chosen), Err(PlimsollError::OracleMalformed));
    }
    let last = changed(|feed| {
        feed.answers[31] = feed.answers[1];
        (feed.chosen, feed.answers[31].signed_at) = (31, NOW - 5);
    });
    assert_eq!(last.map(|seen| seen.publish_time), Ok(NOW - 5));
}

#[test]
fn a_26_whoever_owns_a_feed_cannot_set_its_price() {
    // By a queue with oracles of his own, or by writing himself: not even where the market was created so.
    assert_eq!(changed(|feed| feed.queue = Address::new_unique()), Err(PlimsollError::OracleNotVerified));
    assert_eq!(changed(|feed| feed.owner_may_write = true), Err(PlimsollError::OracleNotVerified));
    // By other jobs or other terms afterwards: it is another feed then.
    let before = Feed::at(150 * DOLLAR, NOW);
    let stored = before.digest(&HOME);
    let changes: [fn(&mut Feed); 4] = [
        |feed| feed.jobs[31] ^= 1,
        |feed| feed.minimum_samples = 1,
        |feed| feed.maximum_staleness = u32::MAX,
        |feed| feed.queue = Address::new_unique(),
    ];
    for change in changes {
        let mut after = before.clone();
        change(&mut after);
        assert_eq!(switchboard::observe(&stored, &HOME, &after.data()), Err(PlimsollError::WrongFeed));
    }
    for place in [2_152, 2_160, 2_168, 2_176] {
        let mut data = before.data();
        data[place] ^= 1;
        assert_eq!(switchboard::observe(&stored, &HOME, &data), Err(PlimsollError::WrongFeed), "{place}");
    }
    // By another account with the same terms.
    let elsewhere = Address::new_unique();
    assert_eq!(switchboard::observe(&stored, &elsewhere, &before.data()), Err(PlimsollError::WrongFeed));
    // A name is nothing but a name, and a new owner can do no more than the old one.
    for place in [2_056, 2_180] {
        let mut data = before.data();
        data[place] ^= 1;
        assert!(switchboard::observe(&stored, &HOME, &data).is_ok(), "{place}");
    }
}

#[test]
fn another_account_or_a_part_of_one_is_refused() {
    let feed = Feed::at(150 * DOLLAR, NOW);
    let (stored, data) = (feed.digest(&HOME), feed.data());
    let mut other = data.clone();
    other[7] ^= 1;
    for wrong in [&[][..], &data[..8], &data[..data.len() - 1], &other[..]] {
        assert_eq!(switchboard::observe(&stored, &HOME, wrong), Err(PlimsollError::OracleMalformed));
    }
    assert!(switchboard::observe(&stored, &HOME, &[data, vec![1; 40]].concat()).is_ok(), "an account may be longer");
}

#[test]
fn every_kind_of_oracle_has_its_programs() {
    let known = [
        (ORACLE_PYTH_PULL, vec![RECEIVER, RECEIVER_PRO]),
        (ORACLE_PYTH_LEGACY, vec![LEGACY]),
        (ORACLE_SWITCHBOARD, vec![SWITCHBOARD]),
        (ORACLE_NONE, vec![]),
        (255, vec![]),
    ];
    for (kind, programs) in known {
        for program in [RECEIVER, RECEIVER_PRO, LEGACY, SWITCHBOARD, QUEUE, Address::default()] {
            assert_eq!(programs::is_known(kind, &program), programs.contains(&program), "{kind} {program}");
        }
    }
}
