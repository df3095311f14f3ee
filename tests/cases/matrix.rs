//! The matrix of wrong inputs is complete, as documented, and nothing in it goes through that should not.

use plimsoll_tests::matrix;

/// Fewer calls than this and something has been left out.
const LEAST: usize = 2_700;

#[tokio::test]
async fn every_wrong_input_is_refused_as_documented() {
    let tables = matrix::run().await;
    let unexpected: Vec<_> = tables.iter().flat_map(|table| table.unexpected.clone()).collect();
    assert!(unexpected.is_empty(), "{}", unexpected.join("\n"));
    let count = matrix::count(&tables);
    println!("{count} wrong calls");
    assert!(count >= LEAST, "{count} wrong calls");
    let stored = std::fs::read_to_string(matrix::page()).expect("docs/test-matrix.md");
    let page = matrix::render(&tables);
    let different = stored.lines().zip(page.lines()).find(|(old, new)| old != new);
    let told = "cd tests && cargo run --bin matrix -- --write, and review";
    assert!(stored == page, "docs/test-matrix.md differs: {told}\n{different:#?}");
}

#[tokio::test]
async fn every_instruction_has_a_fixture() {
    let mut names = Vec::new();
    for fixture in matrix::all() {
        names.push(fixture.await.instruction.data[0]);
    }
    names.dedup();
    assert_eq!(names, (0..30).chain(31..52).collect::<Vec<u8>>());
}
