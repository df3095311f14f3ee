//! What clients believe about the program: account sizes and the interface file.

use std::path::PathBuf;

use plimsoll_tests::{
    Address, matrix,
    scenes::Scene,
    state::{Exchange, InsuranceFund, LiquidationQueue, MarginAccount, Market, Proposal, ShareAccount, VenueGrant},
    wire::AccountLayout,
};
use serde_json::Value;

async fn is<L: AccountLayout>(scene: &mut Scene, address: Address) {
    let account = scene.world.chain.account(&address).await.unwrap();
    assert_eq!(account.owner, plimsoll_tests::ID, "{}", L::NAME);
    assert_eq!(account.data.len(), L::LEN, "{}", L::NAME);
    let state = L::decode(&account.data).unwrap_or_else(|| panic!("{} decodes", L::NAME));
    assert_eq!(state.encode(), account.data, "{} round trip", L::NAME);
}

#[tokio::test]
async fn accounts_on_chain_have_the_clients_layout() {
    let mut scene = Scene::flagged().await;
    let (exchange, fund) = (scene.world.exchange.address, scene.world.exchange.fund);
    let (market, queue) = (scene.market.address, scene.market.queue);
    let (margin, shares, stake) = (scene.trader.margin, scene.provider.shares, scene.staker.shares);
    is::<Exchange>(&mut scene, exchange).await;
    is::<InsuranceFund>(&mut scene, fund).await;
    is::<Market>(&mut scene, market).await;
    is::<LiquidationQueue>(&mut scene, queue).await;
    is::<MarginAccount>(&mut scene, margin).await;
    is::<ShareAccount>(&mut scene, shares).await;
    is::<ShareAccount>(&mut scene, stake).await;
    let give = scene.world.grant(&scene.trader, &scene.market, &exchange, true, 1_000, 200_000);
    scene.world.send(&give, &[&scene.trader.key]).await.ok();
    is::<VenueGrant>(&mut scene, give.grant).await;
    let market = scene.market;
    let proposal = scene.world.proposed(&market, plimsoll_tests::parameters::sol()).await;
    is::<Proposal>(&mut scene, proposal).await;
}

/// The interface file that `make build` writes; absent, the tests that need it say so.
fn interface() -> Option<Value> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/idl/plimsoll.json");
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(serde_json::from_str(&text).expect("is JSON")),
        Err(error) => {
            assert!(std::env::var_os("CI").is_none(), "{}: {error}", path.display());
            println!("SKIPPED: {} is missing ({error}): make build", path.display());
            None
        }
    }
}

fn flag(account: &Value, name: &str) -> bool {
    account[name].as_bool().unwrap_or(false)
}

#[tokio::test]
async fn the_clients_builders_agree_with_the_interface_file() {
    let Some(interface) = interface() else { return };
    let instructions = interface["instructions"].as_array().expect("instructions");
    assert_eq!(instructions.len(), 51);
    let mut checked = 0;
    for build in matrix::all() {
        let fixture = build.await;
        let name = fixture.name.split(' ').next().unwrap();
        let described =
            instructions.iter().find(|i| i["name"] == name).unwrap_or_else(|| panic!("{name} is described"));
        assert_eq!(described["discriminator"], Value::from(vec![fixture.instruction.data[0]]), "{name}");
        let accounts = described["accounts"].as_array().expect("accounts");
        let named = accounts.iter().map(|account| account["name"].as_str().unwrap());
        let ours: Vec<&str> = fixture.slots.iter().map(|slot| slot.name).filter(|n| !n.contains(' ')).collect();
        assert_eq!(named.collect::<Vec<_>>(), ours, "{name}");
        for (account, meta) in accounts.iter().zip(&fixture.instruction.accounts) {
            let place = account["name"].as_str().unwrap();
            assert_eq!(flag(account, "writable"), meta.is_writable, "{name}.{place} writable");
            assert_eq!(flag(account, "signer"), meta.is_signer, "{name}.{place} signer");
            if let Some(address) = account["address"].as_str() {
                assert_eq!(address, meta.pubkey.to_string(), "{name}.{place} address");
            }
        }
        let arguments = described["args"].as_array().expect("arguments").len();
        let given = fixture.arguments.len();
        let agree = match name {
            "create_market" => arguments == 7,
            "propose_parameters" => arguments == 1,
            _ => arguments == given,
        };
        assert!(agree, "{name}: arguments");
        checked += 1;
    }
    assert_eq!(checked, 52);
}

#[test]
fn the_interface_file_names_every_error_by_its_code() {
    let Some(interface) = interface() else { return };
    let errors = interface["errors"].as_array().expect("errors");
    let ours = plimsoll_tests::PlimsollError::ALL;
    assert_eq!(errors.len(), ours.len());
    for (described, error) in errors.iter().zip(ours) {
        assert_eq!(described["code"], error.code());
        assert_eq!(described["name"], error.name());
        assert_eq!(described["msg"], error.sentence());
    }
}

#[test]
fn the_interface_file_has_every_account_and_event_with_its_discriminator() {
    let Some(interface) = interface() else { return };
    let accounts = interface["accounts"].as_array().expect("accounts");
    let ours = [
        Exchange::NAME,
        InsuranceFund::NAME,
        LiquidationQueue::NAME,
        MarginAccount::NAME,
        Market::NAME,
        Proposal::NAME,
        ShareAccount::NAME,
        VenueGrant::NAME,
    ];
    assert_eq!(accounts.len(), ours.len());
    for name in ours {
        let described = accounts.iter().find(|a| a["name"] == name).unwrap_or_else(|| panic!("{name} is described"));
        let discriminator = plimsoll_tests::wire::discriminator("account", name);
        assert_eq!(described["discriminator"], Value::from(discriminator.to_vec()), "{name}");
    }
    for event in interface["events"].as_array().expect("events") {
        let name = event["name"].as_str().unwrap();
        let discriminator = plimsoll_tests::wire::discriminator("event", name);
        assert_eq!(event["discriminator"], Value::from(discriminator.to_vec()), "{name}");
    }
}
