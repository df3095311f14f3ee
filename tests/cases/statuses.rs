//! No status closes an exit (I-12), on the binary, for every instruction there is.

use plimsoll_tests::matrix::statuses::{closed, page, render, run};

#[tokio::test]
async fn i_12_no_status_closes_an_exit() {
    let rows = run().await;
    assert_eq!(closed(&rows), Vec::<String>::new());
    let stored = std::fs::read_to_string(page()).unwrap_or_default();
    let drawn = render(&rows);
    let different = stored.lines().zip(drawn.lines()).find(|(old, new)| old != new);
    let told = "cd tests && cargo run --bin matrix -- --write, and review";
    assert!(stored == drawn, "docs/statuses.md differs: {told}\n{different:#?}\n{drawn}");
}
