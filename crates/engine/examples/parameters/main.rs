//! Writes or checks the tables of `docs/parameters.md`.
#![allow(clippy::arithmetic_side_effects, clippy::expect_used, clippy::panic)]

mod page;

fn main() {
    let stored = std::fs::read_to_string(page::path()).expect("docs/parameters.md");
    let renewed = page::renewed(&stored);
    if std::env::args().nth(1).as_deref() == Some("--write") {
        std::fs::write(page::path(), renewed).expect("docs can be written");
    } else {
        assert!(stored == renewed, "docs/parameters.md differs: run with --write and review");
    }
}
