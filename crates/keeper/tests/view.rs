//! What the view takes, and what it forgets.
#![allow(missing_docs)]

use bytemuck::Zeroable;
use plimsoll_client::{Address, ID, state::MarginAccount, wire::AccountLayout};
use plimsoll_keeper::{
    book::Id,
    decide::{Decider, Settings},
    turns::Turns,
    update::AccountUpdate,
    view::{Change, View},
};

fn address(number: u8) -> Address {
    Address::new_from_array([number; 32])
}

/// A margin account of the exchange, or that it was closed.
fn update(number: u8, exists: bool, slot: u64) -> AccountUpdate {
    let state = MarginAccount { exchange: address(1), ..MarginAccount::zeroed() };
    let (owner, lamports) = if exists { (ID, 1) } else { (Address::default(), 0) };
    AccountUpdate { address: address(number), owner, lamports, data: state.encode(), slot }
}

fn margin(change: Change) -> Option<Id> {
    if let Change::Margin(id) = change { Some(id) } else { None }
}

#[test]
fn no_more_accounts_are_held_than_was_said_and_those_that_are_go_on() {
    let mut view = View::new(address(1), address(2));
    view.max_accounts = 2;
    assert!(margin(view.take(&update(10, true, 1))).is_some());
    assert!(margin(view.take(&update(11, true, 1))).is_some());
    assert_eq!(view.take(&update(12, true, 1)), Change::None);
    assert_eq!(view.book.len(), 2);
    // One that is held is news, and one that goes makes room.
    assert!(margin(view.take(&update(10, true, 2))).is_some());
    assert!(matches!(view.take(&update(11, false, 3)), Change::Gone(_)));
    assert!(margin(view.take(&update(12, true, 4))).is_some());
    assert_eq!(view.book.len(), 2);
}

#[test]
fn who_is_gone_is_not_under_maintenance_any_more_and_neither_is_whoever_gets_its_number() {
    let settings = Settings {
        reward: address(3),
        kinds: Default::default(),
        refresh_s: 1,
        sweep_from: 1,
        flags_at_once: 1,
        liquidations_at_once: 1,
    };
    let turns = Turns::new(address(3), Vec::new());
    let mut decider = Decider::new(View::new(address(1), address(2)), turns, settings);
    let id = margin(decider.view.take(&update(10, true, 1))).expect("is taken");
    decider.sick.insert(id, plimsoll_keeper::book::Sick { market: 0, key: 1, since: 1 });
    let gone = decider.view.take(&update(10, false, 2));
    assert_eq!(gone, Change::Gone(id));
    decider.note(gone);
    assert_eq!(margin(decider.view.take(&update(11, true, 3))), Some(id), "the number is used again");
    assert!(decider.sick.get(id).is_none(), "with what was known of another");
}
