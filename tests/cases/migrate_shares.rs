//! Shares from before there was an epoch: refused as they are, and as good as others once they have been migrated.

use plimsoll_client::accounts::{Account, DecodeError};
use plimsoll_tests::{
    Address, Keypair, Outcome, PlimsollError, Signer, World,
    cookies::Holder,
    events::{SharesIssued, SharesMigrated, SharesRedeemed},
    instructions::{Build, MigrateShares},
    pools::{DAY, WEEK},
    scenes::Scene,
    state::ShareAccount,
    wire::AccountLayout,
    world::USD,
};

use crate::draw_insurance::go_bankrupt;

/// What the program wrote for a staker of five units who asked for three of them, built from the commit before the one
/// that brought epochs.
const WRITTEN_BEFORE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/shares_without_epoch.hex");

fn written_before() -> Vec<u8> {
    let text = std::fs::read_to_string(WRITTEN_BEFORE).expect("is there");
    let digits = text.trim();
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).expect("is hex")).collect()
}

/// Somebody who pays, and owns nothing else.
fn payer(world: &mut World) -> Keypair {
    let key = world.chain.new_key();
    world.chain.fund(&key.pubkey(), 1_000_000_000);
    key
}

async fn migrate(world: &mut World, shares: Address) -> Outcome {
    let payer = payer(world);
    world.send(&MigrateShares { payer: payer.pubkey(), shares }, &[&payer]).await
}

async fn data(world: &mut World, address: &Address) -> Vec<u8> {
    world.chain.account(address).await.expect("exists").data
}

#[tokio::test]
async fn bytes_that_the_program_wrote_before_keep_all_they_say_and_get_an_epoch_of_zero() {
    let mut world = World::new().await;
    let (before, shares) = (written_before(), Address::new_unique());
    assert_eq!(before.len(), ShareAccount::LEN_WITHOUT_EPOCH);
    world.chain.put(&shares, &plimsoll_tests::ID, before.clone());
    // They are of another world's fund, so they are none of this one's books.
    let payer = payer(&mut world);
    let migrate = MigrateShares { payer: payer.pubkey(), shares }.instruction();
    let event = world.chain.send(&[migrate], &[&payer]).await.ok().event::<SharesMigrated>();
    let after = data(&mut world, &shares).await;
    assert_eq!((after.len(), &after[..before.len()]), (ShareAccount::LEN, &before[..]));
    let state = ShareAccount::decode(&after).expect("has today's layout");
    assert_eq!((state.shares, state.exit.shares, state.epoch), (5 * USD, 3 * USD, 0));
    assert_eq!((event.account, event.pool, event.owner), (shares, state.pool, state.owner));
    assert!(state.invariant());
}

#[test]
fn clients_read_both_layouts_and_say_which_it_is() {
    let before = written_before();
    for (length, outdated) in [(ShareAccount::LEN_WITHOUT_EPOCH, true), (ShareAccount::LEN, false)] {
        let mut bytes = before.clone();
        bytes.resize(length, 0);
        let decoded = Account::decode(&bytes).expect("are shares");
        assert_eq!(decoded.is_outdated(), outdated);
        let Account::Shares { state, .. } = decoded else { panic!("are shares") };
        assert_eq!((state.shares, state.exit.shares, state.epoch), (5 * USD, 3 * USD, 0));
    }
    for has in [8, ShareAccount::LEN_WITHOUT_EPOCH - 1, ShareAccount::LEN_WITHOUT_EPOCH + 1, ShareAccount::LEN - 1] {
        let mut bytes = before.clone();
        bytes.resize(has, 0);
        let error = Account::decode(&bytes).expect_err("has no length that shares had");
        assert_eq!(error, DecodeError::Short { has, needs: ShareAccount::LEN });
    }
    assert_eq!(Account::decode(&before[..7]).expect_err("is nothing"), DecodeError::UnknownKind);
}

#[tokio::test]
async fn a_provider_deposits_and_leaves_after_it() {
    let mut scene = Scene::open().await;
    let market = scene.market;
    let holder = scene.world.provider(&market, 5_000 * USD).await;
    scene.world.outdate(&holder.shares).await;

    // Nothing takes the account as it is.
    scene.renew().await;
    let more = scene.world.provide(&holder, &market, 1_000 * USD);
    scene.world.chain.put_token(&more.token_program, &holder.tokens, &more.quote_mint, &more.owner, 1_000 * USD);
    let ask = World::request_exit(&holder, &market, 3_000 * USD);
    scene.world.send(&more, &[&holder.key]).await.fails_as("AccountDataTooSmall");
    scene.world.send(&ask, &[&holder.key]).await.fails_as("AccountDataTooSmall");

    migrate(&mut scene.world, holder.shares).await.ok();
    let issued = scene.world.send(&more, &[&holder.key]).await.ok().event::<SharesIssued>();
    assert_eq!(scene.world.shares(&holder), 5_000 * USD + issued.shares);
    scene.world.send(&ask, &[&holder.key]).await.ok();
    scene.world.chain.advance(DAY, 200_000).await;
    scene.renew().await;
    let leave = scene.world.redeem(&holder, &market, 3_000 * USD);
    let left = scene.world.send(&leave, &[&holder.key]).await.ok().event::<SharesRedeemed>();
    assert_eq!(scene.world.wallet(&holder).await, left.paid);
    assert_eq!(scene.world.shares(&holder), 2_000 * USD + issued.shares);
}

#[tokio::test]
async fn a_request_from_before_is_paid_after_it() {
    let mut scene = Scene::open().await;
    let holder = scene.world.staker(5_000 * USD).await;
    let ask = scene.world.request_unstake(&holder, 3_000 * USD);
    scene.world.send(&ask, &[&holder.key]).await.ok();
    scene.world.outdate(&holder.shares).await;
    scene.world.chain.advance(WEEK, 1_500_000).await;
    migrate(&mut scene.world, holder.shares).await.ok();
    let leave = scene.world.unstake(&holder, 3_000 * USD);
    let left = scene.world.send(&leave, &[&holder.key]).await.ok().event::<SharesRedeemed>();
    assert_eq!((left.shares, left.paid), (3_000 * USD, 3_000 * USD));
}

/// A fund that was paid out whole, and one of its stakers, whose account is from before epochs.
async fn consolidated() -> (Scene, Holder) {
    let mut scene = Scene::open().await;
    let (first, most) = (scene.staker.again(), 999_900 * USD);
    scene.world.send(&scene.world.request_unstake(&first, most), &[&first.key]).await.ok();
    scene.world.chain.advance(WEEK, 1_500_000).await;
    scene.world.send(&scene.world.unstake(&first, most), &[&first.key]).await.ok();
    scene.renew().await;
    scene.world.outdate(&first.shares).await;
    go_bankrupt(&mut scene).await;
    scene.world.send(&scene.world.draw(&scene.market), &[]).await.ok();
    assert!(scene.world.fund().epoch > 0);
    (scene, first)
}

#[tokio::test]
async fn consolidations_since_then_apply_when_it_is_touched() {
    let (mut scene, holder) = consolidated().await;
    migrate(&mut scene.world, holder.shares).await.ok();
    let state = scene.world.ledger.shares[&holder.shares];
    assert_eq!((state.shares, state.epoch), (100 * USD, 0));
    // Not a share is left of what the fund paid out, and a stake buys as many as anybody's.
    let ask = scene.world.request_unstake(&holder, 1);
    scene.world.send(&ask, &[&holder.key]).await.fails(PlimsollError::NotEnoughShares);
    let stake = scene.world.stake(&holder, 50 * USD);
    let issued = scene.world.send(&stake, &[&holder.key]).await.ok().event::<SharesIssued>();
    let state = scene.world.ledger.shares[&holder.shares];
    assert_eq!((issued.shares, state.shares, state.epoch), (50 * USD, 50 * USD, scene.world.fund().epoch));
}

#[tokio::test]
async fn what_is_migrated_or_new_is_refused() {
    let mut scene = Scene::open().await;
    let holder = scene.provider.again();
    migrate(&mut scene.world, holder.shares).await.fails(PlimsollError::NotOutdated);
    scene.world.outdate(&holder.shares).await;
    migrate(&mut scene.world, holder.shares).await.ok();
    let before = data(&mut scene.world, &holder.shares).await;
    migrate(&mut scene.world, holder.shares).await.fails(PlimsollError::NotOutdated);
    assert_eq!(data(&mut scene.world, &holder.shares).await, before);
}

#[tokio::test]
async fn no_other_length_is_taken() {
    let mut scene = Scene::open().await;
    let shares = scene.provider.shares;
    let whole = data(&mut scene.world, &shares).await;
    for length in (9..ShareAccount::LEN + 8).filter(|length| *length != ShareAccount::LEN_WITHOUT_EPOCH) {
        let mut bytes = whole.clone();
        bytes.resize(length, 0);
        scene.world.chain.put(&shares, &plimsoll_tests::ID, bytes);
        migrate(&mut scene.world, shares).await.fails(PlimsollError::NotOutdated);
    }
}

#[tokio::test]
async fn whoever_calls_pays_the_rent_of_eight_bytes_and_no_more() {
    let mut scene = Scene::open().await;
    let (world, shares) = (&mut scene.world, scene.provider.shares);
    let rent = |length| solana_rent::Rent::default().minimum_balance(length);
    let missing = rent(ShareAccount::LEN) - rent(ShareAccount::LEN_WITHOUT_EPOCH);
    for (held, paid) in [(0, missing), (missing - 1, 1), (missing, 0), (missing + 7, 0)] {
        world.outdate(&shares).await;
        let account = world.chain.account(&shares).await.expect("exists");
        let lamports = account.lamports + held;
        world.chain.restore(&shares, Some(solana_account::Account { lamports, ..account }));
        let payer = payer(world);
        world.send(&MigrateShares { payer: payer.pubkey(), shares }, &[&payer]).await.ok();
        let left = world.chain.account(&payer.pubkey()).await.expect("exists").lamports;
        assert_eq!(1_000_000_000 - left, paid);
        assert_eq!(world.chain.account(&shares).await.expect("exists").lamports, lamports + paid);
    }
}

#[tokio::test]
async fn who_cannot_pay_is_refused_and_nothing_changes() {
    let mut scene = Scene::open().await;
    let (world, shares) = (&mut scene.world, scene.provider.shares);
    world.outdate(&shares).await;
    let before = world.chain.account(&shares).await;
    let poor = world.chain.new_key();
    // The runtime charges its fee to somebody else. This one has less than the rent of eight bytes,
    world.chain.fund(&poor.pubkey(), 1_000);
    let migrate = MigrateShares { payer: poor.pubkey(), shares };
    world.send(&migrate, &[&poor]).await.fails_as("Custom(1)");
    // or would be left with too little to exist.
    world.chain.fund(&poor.pubkey(), solana_rent::Rent::default().minimum_balance(0) + 1);
    let outcome = world.send(&migrate, &[&poor]).await;
    assert!(outcome.error().starts_with("InsufficientFundsForRent"), "{}", outcome.error());
    assert_eq!(world.chain.account(&shares).await, before);
}
