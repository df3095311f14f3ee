//! Writes or checks `docs/test-matrix.md` and `docs/statuses.md`.

use plimsoll_tests::matrix;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mode = std::env::args().nth(1).unwrap_or_default();
    assert!(mode == "--write" || mode == "--check", "say --write or --check");
    let tables = matrix::run().await;
    let unexpected: Vec<_> = tables.iter().flat_map(|table| &table.unexpected).collect();
    for line in &unexpected {
        eprintln!("{line}");
    }
    let page = matrix::render(&tables);
    let path = matrix::page();
    let statuses = matrix::statuses::run().await;
    let closed = matrix::statuses::closed(&statuses);
    assert!(closed.is_empty(), "closed exits: {closed:#?}");
    let other = (matrix::statuses::page(), matrix::statuses::render(&statuses));
    if mode == "--write" {
        std::fs::write(&other.0, &other.1).expect("docs can be written");
        std::fs::write(&path, page).expect("docs can be written");
        println!("{} written: {} wrong calls", path.display(), matrix::count(&tables));
    } else {
        let stored = std::fs::read_to_string(&other.0).unwrap_or_default();
        assert!(stored == other.1, "{} differs: run with --write and review", other.0.display());
        let stored = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(stored == page, "{} differs: run with --write and review", path.display());
        println!("{} wrong calls, as documented", matrix::count(&tables));
    }
    assert!(unexpected.is_empty(), "{} calls went otherwise than allowed", unexpected.len());
}
