//! Spoilt inputs: another account, one too few, one twice, no signature, no right to write, other bytes.

use plimsoll_tests::Address;

use super::actors::{Actors, Call};

/// Spoils a call in one of many ways. Not where nothing can be spoilt.
pub fn spoil(call: &mut Call, actors: &mut Actors) -> bool {
    let count = call.instruction.accounts.len();
    let (at, other) = (actors.random.below(count), actors.random.below(count));
    let way = actors.random.below(8);
    let accounts = &mut call.instruction.accounts;
    match way {
        0..=2 => {
            // Whoever is put in the place of a signer cannot sign: it only would be another call of theirs.
            if accounts[at].is_signer {
                return false;
            }
            accounts[at].pubkey = some_account(actors);
        }
        3 => accounts.swap(at, other),
        4 => accounts[at].pubkey = accounts[other].pubkey,
        5 => accounts.truncate(count - 1),
        6 => accounts[at].is_writable = false,
        _ => match call.instruction.data.len() {
            0 | 1 => accounts[at].is_signer = false,
            length => {
                let byte = 1 + actors.random.below(length - 1);
                call.instruction.data[byte] ^= 1 << actors.random.below(8);
            }
        },
    }
    // Only who has a key signs.
    for account in &mut call.instruction.accounts {
        account.is_signer &= actors.keys.contains_key(&account.pubkey);
    }
    true
}

/// Any account of the exchange. Not the vaults: who names one as the destination gives away what is his own.
fn some_account(actors: &mut Actors) -> Address {
    let market = actors.random.below(actors.markets.len());
    let trader = actors.some_trader();
    let (cookie, person) = (&actors.markets[market], &actors.traders[trader]);
    let all = [
        cookie.address,
        cookie.queue,
        cookie.oracle,
        person.margin,
        person.tokens,
        person.owner(),
        actors.keeper.margin,
        actors.providers[0].1.shares,
        actors.stakers[0].shares,
        actors.world.exchange.address,
        actors.world.exchange.fund,
        actors.world.exchange.mint,
        actors.world.exchange.token_program,
        plimsoll_tests::ID,
    ];
    all[actors.random.below(all.len())]
}
