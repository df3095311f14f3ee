//! Parameters and authorities change through the timelock, by proposals that nobody makes twice.

use plimsoll_client::{ID, instructions::AcceptAdmin, state::Proposal, transaction::Draft, wire::AccountLayout};
use plimsoll_localnet::Localnet;
use plimsoll_migrations::{
    MigrationError, Plan, Remedy, Report, Step,
    change::{State, execute, pending, propose},
    check, deploy,
};
use solana_account::Account;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::{network, plan, raw};

const WEEK: i64 = 604_800;

fn names(report: &Report) -> Vec<(String, String)> {
    report.differences.iter().map(|difference| (difference.subject.clone(), difference.name.clone())).collect()
}

/// Makes all proposals of an exchange a week and a day older, as if they had waited.
async fn let_them_wait(network: &Localnet, plan: &Plan) {
    let rpc = network.rpc();
    for waiting in pending(&rpc, plan).await.expect("can be listed") {
        let by = WEEK + 86_400;
        let mut proposal: Proposal = waiting.proposal;
        proposal.proposed_at -= by;
        proposal.ready_at -= by;
        proposal.expires_at -= by;
        let account = raw(&rpc, &waiting.address).await;
        let account = Account { data: proposal.encode(), owner: ID, ..account };
        network.put_account(&waiting.address, account).expect("can be written");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_shown_proposed_once_and_executed_when_it_has_waited() {
    let network = network().await;
    let (rpc, admin) = (network.rpc(), network.keys().admin());
    let first = plan(&network, 7);
    deploy(&rpc, &first, &admin, |_| {}).await.expect("is deployed");

    // Given a plan that changed: two parameters of one market, guardian, timelock and admin,
    let (next_admin, guardian) = (Keypair::new(), Keypair::new());
    let mut changed = first.clone();
    changed.markets[2].parameters.fee_ppm = 400;
    changed.markets[2].parameters.position_cap = 15_000_000;
    (changed.guardian, changed.timelock, changed.admin) = (guardian.pubkey(), 700_000, Some(next_admin.pubkey()));
    let report = check(&rpc, &changed, |_| {}).await.expect("can be compared");
    let expected = [
        ("exchange 7", "admin"),
        ("exchange 7", "guardian"),
        ("exchange 7", "timelock"),
        ("market SOL", "position_cap"),
        ("market SOL", "fee_ppm"),
    ];
    assert_eq!(names(&report), expected.map(|(subject, name)| (subject.to_owned(), name.to_owned())));
    let table = report.to_string();
    assert!(table.contains("| fee_ppm") && table.contains("| 500 ") && table.contains("| 400 "), "{table}");
    assert!(report.differences.iter().all(|difference| difference.remedy == Remedy::Propose));

    // when it is proposed twice there are four proposals,
    for run in 0..2 {
        let mut steps = Vec::new();
        propose(&rpc, &changed, &admin, |step| steps.push(step.clone())).await.expect("is proposed");
        let sent = steps.iter().filter(|step| matches!(step, Step::Changed { .. })).count();
        assert_eq!((sent, steps.len()), (if run == 0 { 4 } else { 0 }, 4), "{steps:?}");
    }
    let waiting = pending(&rpc, &changed).await.expect("can be listed");
    assert_eq!(waiting.iter().map(|pending| pending.proposal.sequence).collect::<Vec<_>>(), [0, 1, 2, 3]);
    assert!(waiting.iter().all(|pending| matches!(pending.state, State::Waits(_)) && pending.planned.is_some()));

    // which nobody executes before they have waited.
    let payer = network.keys().keeper();
    let mut steps = Vec::new();
    let report = execute(&rpc, &changed, &payer, |step| steps.push(step.clone())).await.expect("can be asked");
    assert!(steps.iter().all(|step| matches!(step, Step::Waits { .. })) && steps.len() == 4, "{steps:?}");
    assert_eq!(report.differences.len(), 5);

    // When they have, anybody does,
    let_them_wait(&network, &changed).await;
    let mut steps = Vec::new();
    let report = execute(&rpc, &changed, &payer, |step| steps.push(step.clone())).await.expect("is executed");
    let sent = steps.iter().filter(|step| matches!(step, Step::Changed { .. })).count();
    assert_eq!((sent, steps.len()), (4, 4), "{steps:?}");
    assert_eq!(names(&report), [("exchange 7".to_owned(), "admin".to_owned())]);
    assert_eq!(report.differences[0].remedy, Remedy::Accept);
    assert!(pending(&rpc, &changed).await.expect("can be listed").is_empty(), "their accounts are closed");

    // and the new admin accepts.
    let accept = AcceptAdmin { pending_admin: next_admin.pubkey(), exchange: report.exchange };
    rpc.send(&Draft::of(&accept, 0), &[&payer, &next_admin]).await.expect("accepts");
    let report = check(&rpc, &changed, |_| {}).await.expect("can be compared");
    assert!(report.is_as_planned(), "{report}");

    // The old one has nothing to say any more, and the old plan differs.
    let error = propose(&rpc, &first, &admin, |_| {}).await.expect_err("is not theirs any more");
    assert!(matches!(error, MigrationError::NotAdmin { .. }), "{error}");
    network.stop().await.expect("it stops");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_expired_or_says_something_else_is_not_executed() {
    let network = network().await;
    let (rpc, admin) = (network.rpc(), network.keys().admin());
    let first = plan(&network, 8);
    deploy(&rpc, &first, &admin, |_| {}).await.expect("is deployed");
    let mut changed = first.clone();
    changed.markets[0].parameters.fee_ppm = 450;
    propose(&rpc, &changed, &admin, |_| {}).await.expect("is proposed");
    let_them_wait(&network, &changed).await;

    // The plan has changed its mind since: what it says now, nobody proposed.
    let mut other = changed.clone();
    other.markets[0].parameters.fee_ppm = 460;
    let mut steps = Vec::new();
    execute(&rpc, &other, &admin, |step| steps.push(step.to_string())).await.expect("can be asked");
    assert_eq!(steps, ["the planned parameters of market BTC: nobody has proposed it"]);
    assert_eq!(pending(&rpc, &other).await.expect("can be listed")[0].planned, None);

    // A week later it is too late, and the same is proposed anew.
    let_them_wait(&network, &changed).await;
    assert_eq!(pending(&rpc, &changed).await.expect("can be listed")[0].state, State::Expired);
    let mut steps = Vec::new();
    execute(&rpc, &changed, &admin, |step| steps.push(step.to_string())).await.expect("can be asked");
    assert_eq!(steps, ["the planned parameters of market BTC: nobody has proposed it"]);
    propose(&rpc, &changed, &admin, |_| {}).await.expect("is proposed");
    let states: Vec<_> = pending(&rpc, &changed).await.expect("can be listed").iter().map(|all| all.state).collect();
    assert!(matches!(states[..], [State::Expired, State::Waits(_)]), "{states:?}");
    network.stop().await.expect("it stops");
}
