//! Whom to tell about a vulnerability, inside the binary: who finds a deployed program finds this with it.
//!
//! The form is the one that explorers look for: names and values, each ended by a zero byte, between two marks.

macro_rules! security_txt {
    ($($name:ident: $value:literal,)*) => {
        concat!(
            "=======BEGIN SECURITY.TXT V1=======\0",
            $(stringify!($name), "\0", $value, "\0",)*
            "=======END SECURITY.TXT V1=======\0"
        )
    };
}

/// The text. A deployment puts the address of its own source repository in the place of "this program's source repository".
///
/// Exported by name, so that the linker keeps what no instruction reads.
#[allow(non_upper_case_globals)] // the name that tools know
#[unsafe(no_mangle)]
pub static security_txt: &str = security_txt! {
    name: "Plimsoll",
    project_url: "this program's source repository",
    contacts: "other:private vulnerability reporting, on the Security tab of this program's source repository",
    policy: "SECURITY.md in this program's source repository",
    preferred_languages: "en",
    source_code: "this program's source repository",
    auditors: "none",
};
