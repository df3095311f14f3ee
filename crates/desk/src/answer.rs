//! How answers are declared: once, for native callers and for the browser.

/// A structure or an enumeration that an answer is made of.
macro_rules! answer {
    ($($(#[$meta:meta])* pub $what:ident $name:ident { $($body:tt)* })*) => {
        $(
            $(#[$meta])*
            #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
            #[serde(rename_all = "camelCase")]
            #[cfg_attr(feature = "bindings", derive(tsify::Tsify))]
            #[cfg_attr(feature = "bindings", tsify(large_number_types_as_bigints))]
            pub $what $name { $($body)* }
        )*
    };
}
