//! What a caller packs: accounts of up to eight legs, limits from measured costs, messages that fit.
#![allow(missing_docs)]
#![cfg(feature = "rpc")]

use bytemuck::Zeroable;
use plimsoll_client::{
    Address, compute,
    house::{self, House},
    instructions::Build,
    state::{Leg, MarginAccount, Market},
    transaction::Draft,
};
use solana_hash::Hash;
use solana_keypair::Keypair;
use solana_signer::Signer;

fn address(number: u8) -> Address {
    Address::new_from_array([number; 32])
}

/// An account with a leg in so many markets, in places with gaps between them.
fn account(legs: u8) -> MarginAccount {
    let mut account = MarginAccount::zeroed();
    for number in 0..legs {
        let place = usize::from(number) * 7 / usize::from(legs.max(2) - 1);
        account.legs[place] = Leg { market: address(number + 1), ..Leg::default() };
    }
    account
}

#[test]
fn legs_follow_in_their_order_without_the_one_that_is_named() {
    for count in 1..=8 {
        let account = account(count);
        let all: Vec<_> = (1..=count).map(address).collect();
        assert_eq!(house::legs_of(&account, None), all);
        let others: Vec<_> = all.iter().copied().filter(|market| *market != address(1)).collect();
        assert_eq!(house::legs_of(&account, Some(&address(1))), others);
    }
}

#[test]
fn a_limit_is_above_what_was_measured_and_what_is_not_measured_gets_the_most() {
    let measured = |name: &str| compute::measured()[name];
    for (legs, name) in [(1, "flag/1"), (2, "flag/2"), (4, "flag/4"), (8, "flag/8")] {
        assert!(compute::limit("flag", legs) > measured(name));
    }
    // Between two that were measured the larger counts.
    assert_eq!(compute::limit("flag", 5), compute::limit("flag", 8));
    // A bankrupt account costs most.
    assert!(compute::limit("liquidate", 8) > measured("liquidate_bankrupt/8"));
    assert!(compute::limit("refresh_market", 0) > measured("refresh_market/two_sources"));
    assert_eq!(compute::limit("no_such_instruction", 1), compute::MOST);
}

#[test]
fn the_largest_of_each_fits_into_a_message() {
    let (key, market) = (Keypair::new(), Market::zeroed());
    let house = House::at(address(90), address(91), address(92));
    let full = (address(99), &account(8));
    let flag = house::flag(full, (address(1), &market), key.pubkey());
    let mut liquidate = house::liquidate(full, (address(1), &market), address(93), address(94));
    liquidate.floor = Some(house.floor());
    let mark = house::mark(full);
    let draft = Draft::of(&flag, 8).and(&liquidate, 8).and(&mark, 8).at(5_000);
    let signed = draft.sign(&[&key], Hash::new_from_array([7; 32])).expect("fits");
    assert!(signed.verify_and_hash_message().is_ok());
    assert!(draft.limit <= compute::MOST);
    assert_eq!(draft.priority_fee(), u64::from(draft.limit).saturating_mul(5_000).div_ceil(1_000_000));
    assert!(draft.written().windows(2).all(|pair| pair[0] < pair[1]), "each once");
}

#[test]
fn forty_flags_fit_and_what_does_not_fit_is_said() {
    let (key, market) = (Keypair::new(), Market::zeroed());
    let flags = |count: u8| {
        (0..count).fold(Draft::default(), |draft, number| {
            let flag = house::flag((address(100 + number), &account(1)), (address(1), &market), address(94));
            draft.and(&flag, 1)
        })
    };
    assert!(flags(40).sign(&[&key], Hash::default()).is_ok());
    let error = flags(70).sign(&[&key], Hash::default()).expect_err("is too large");
    assert!(error.to_string().starts_with("the transaction cannot be built"), "{error}");
    assert_eq!(house::flag((address(9), &account(1)), (address(1), &market), address(94)).data(), [14]);
}
