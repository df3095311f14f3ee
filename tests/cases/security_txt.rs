//! Whom to tell about a vulnerability, as it stands in the binary that is deployed.

use std::collections::BTreeMap;

const BEGIN: &[u8] = b"=======BEGIN SECURITY.TXT V1=======\0";
const END: &[u8] = b"=======END SECURITY.TXT V1=======\0";

/// Where a text begins in others.
fn find(all: &[u8], part: &[u8]) -> Option<usize> {
    all.windows(part.len()).position(|window| window == part)
}

#[test]
fn the_binary_says_whom_to_tell() {
    let folder = std::env::var("BPF_OUT_DIR").expect("BPF_OUT_DIR names the folder of plimsoll.so: `make build`");
    let binary = std::fs::read(std::path::Path::new(&folder).join("plimsoll.so")).expect("is built");
    let begin = find(&binary, BEGIN).expect("the text begins") + BEGIN.len();
    let length = find(&binary[begin..], END).expect("the text ends");
    let text = std::str::from_utf8(&binary[begin..begin + length]).expect("is text");
    let words: Vec<&str> = text.strip_suffix('\0').expect("every value is ended").split('\0').collect();
    let fields: BTreeMap<&str, &str> = words.chunks(2).map(|pair| (pair[0], pair[1])).collect();
    assert_eq!(fields.len() * 2, words.len(), "no name twice");
    for name in ["name", "project_url", "contacts", "policy", "preferred_languages", "source_code"] {
        assert!(fields.get(name).is_some_and(|value| !value.is_empty()), "{name}");
    }
    assert_eq!(fields["name"], "Plimsoll");
    // Contacts are kinds with values, and the policy is the one beside this code.
    assert!(fields["contacts"].split(',').next().is_some_and(|first| first.starts_with("other:")));
    assert!(fields["policy"].starts_with("SECURITY.md"));
    assert!(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../SECURITY.md").exists());
}
