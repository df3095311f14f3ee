//! One good call of each instruction of the admin and the guardian.

use plimsoll_client::{
    Address,
    engine::{market::status, parameters::Parameters},
    state::{Proposal, change},
    wire::AccountLayout,
};
use solana_signer::Signer;

use super::{
    arguments::{Shape, parameters},
    cast::{Cast, Kind},
    fixtures::{Fixture, fixture, prices},
};
use crate::{chain::Chain, parameters as markets};

/// Another fee, so that something changes.
pub(super) fn next() -> Parameters {
    Parameters { fee_ppm: 600, ..markets::sol() }
}

/// A copy of a proposal as another exchange would have it.
async fn of_another(chain: &mut Chain, proposal: &Address, exchange: Address) -> Address {
    let account = chain.account(proposal).await.expect("the proposal exists");
    let state = Proposal { exchange, ..Proposal::decode(&account.data).expect("is a proposal") };
    let copy = Address::new_unique();
    chain.put(&copy, &plimsoll_client::ID, state.encode());
    copy
}

/// Gives the fixture's proposal one of another exchange and one of this to be mistaken for.
async fn beside(cast: &mut Cast, proposal: &Address, neighbour: Address) {
    let exchange = cast.foreign.exchange.address;
    let foreign = of_another(&mut cast.scene.world.chain, proposal, exchange).await;
    cast.proposals = [Some(foreign), Some(neighbour)];
}

pub(super) async fn propose_parameters() -> Fixture {
    let cast = Cast::assemble().await;
    let build = cast.scene.world.propose(&cast.scene.market, next());
    let key = cast.scene.world.exchange.admin.insecure_clone();
    let slots = [
        ("admin", Kind::Person),
        ("exchange", Kind::Exchange),
        ("market", Kind::Market),
        ("+proposal", Kind::Proposal),
        ("system_program", Kind::SystemProgram),
    ];
    fixture(cast, &build, &[&key], &slots, &parameters())
}

pub(super) async fn propose_authority() -> Fixture {
    let cast = Cast::assemble().await;
    let build = cast.scene.world.propose_authority(change::GUARDIAN, cast.stranger(), 0);
    let key = cast.scene.world.exchange.admin.insecure_clone();
    let slots = [
        ("admin", Kind::Person),
        ("exchange", Kind::Exchange),
        ("+proposal", Kind::Proposal),
        ("system_program", Kind::SystemProgram),
    ];
    let arguments = [("what", Shape::Unsigned(1)), ("key", Shape::Bytes(32)), ("seconds", Shape::Unsigned(4))];
    fixture(cast, &build, &[&key], &slots, &arguments)
}

pub(super) async fn change_parameters() -> Fixture {
    let mut cast = Cast::assemble().await;
    let (market, second) = (cast.scene.market, cast.second);
    let proposal = cast.scene.world.proposed(&market, next()).await;
    let other = cast.scene.world.proposed(&second, next()).await;
    cast.scene.world.until_ready(&other).await;
    prices(&mut cast, (200, 200)).await;
    beside(&mut cast, &proposal, other).await;
    let build = cast.scene.world.change_parameters(&market, proposal);
    let slots =
        [("exchange", Kind::Exchange), ("market", Kind::Market), ("proposal", Kind::Proposal), ("payer", Kind::Payer)];
    fixture(cast, &build, &[], &slots, &[])
}

pub(super) async fn change_authority() -> Fixture {
    let mut cast = Cast::assemble().await;
    let (market, guardian) = (cast.scene.market, cast.stranger());
    let proposal = cast.scene.world.proposed_authority(change::GUARDIAN, guardian, 0).await;
    let other = cast.scene.world.proposed(&market, next()).await;
    cast.scene.world.until_ready(&other).await;
    beside(&mut cast, &proposal, other).await;
    let build = cast.scene.world.change_authority(proposal);
    let slots = [("exchange", Kind::Exchange), ("proposal", Kind::Proposal), ("payer", Kind::Payer)];
    fixture(cast, &build, &[], &slots, &[])
}

/// The guardian vetoes parameters, and cannot veto its replacement.
pub(super) async fn cancel_proposal() -> Fixture {
    let mut cast = Cast::assemble().await;
    let (market, next_guardian) = (cast.scene.market, cast.stranger());
    let proposal = cast.scene.world.proposed(&market, next()).await;
    let other = cast.scene.world.proposed_authority(change::GUARDIAN, next_guardian, 0).await;
    beside(&mut cast, &proposal, other).await;
    let guardian = cast.scene.world.exchange.guardian.insecure_clone();
    let build = cast.scene.world.cancel_proposal(&guardian, proposal);
    let slots = [
        ("authority", Kind::Person),
        ("exchange", Kind::Exchange),
        ("proposal", Kind::Proposal),
        ("payer", Kind::Payer),
    ];
    fixture(cast, &build, &[&guardian], &slots, &[])
}

pub(super) async fn accept_admin() -> Fixture {
    let mut cast = Cast::assemble().await;
    let (key, _) = cast.scene.world.person(0);
    cast.scene.world.decided_admin(key.pubkey()).await;
    let build = cast.scene.world.accept_admin(&key);
    fixture(cast, &build, &[&key], &[("pending_admin", Kind::Person), ("exchange", Kind::Exchange)], &[])
}

pub(super) async fn tighten_market() -> Fixture {
    let cast = Cast::assemble().await;
    let build = cast.scene.world.tighten(&cast.scene.market, status::HALTED);
    let guardian = cast.scene.world.exchange.guardian.insecure_clone();
    let slots = [("authority", Kind::Person), ("exchange", Kind::Exchange), ("market", Kind::Market)];
    fixture(cast, &build, &[&guardian], &slots, &[("level", Shape::Unsigned(1))])
}
