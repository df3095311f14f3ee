//! Lines on the terminal: aligned, coloured only for a person, and silent when nobody reads on.

use std::io::{IsTerminal, Write};

use plimsoll_tests::Address;

/// Widest line.
pub const WIDTH: usize = 100;

/// Standard output.
pub struct Screen {
    colour: bool,
}

/// What a line is about.
#[derive(Clone, Copy)]
pub enum Tone {
    Title,
    Plain,
    Quiet,
    Good,
    Bad,
}

impl Screen {
    /// Colour if a person looks and did not say `NO_COLOR`.
    pub fn new() -> Self {
        let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        Self { colour: wanted && std::io::stdout().is_terminal() }
    }

    /// One line.
    pub fn line(&self, tone: Tone, text: &str) {
        let code = match tone {
            Tone::Title => "1",
            Tone::Plain => "0",
            Tone::Quiet => "2",
            Tone::Good => "32",
            Tone::Bad => "31",
        };
        let text = text.trim_end();
        let line = if self.colour { format!("\x1b[{code}m{text}\x1b[0m\n") } else { format!("{text}\n") };
        // A reader that went away, such as `head`, does not make the run fail.
        _ = std::io::stdout().write_all(line.as_bytes());
    }

    /// A heading after an empty line.
    pub fn title(&self, text: &str) {
        self.line(Tone::Plain, "");
        self.line(Tone::Title, text);
        self.line(Tone::Quiet, &"-".repeat(text.chars().count().min(WIDTH)));
    }

    /// An ordinary line.
    pub fn say(&self, text: &str) {
        self.line(Tone::Plain, text);
    }
}

/// The first characters of an address.
pub fn short(address: &Address) -> String {
    address.to_string().chars().take(6).collect()
}

/// The UTC time of day.
pub fn clock(time: i64) -> String {
    let second = time.rem_euclid(86_400);
    format!("{:02}:{:02}:{:02}", second / 3_600, second / 60 % 60, second % 60)
}

/// A whole number with commas.
pub fn grouped(value: i128) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if value < 0 { format!("-{text}") } else { text }
}

/// Atoms as dollars, to the cent.
pub fn usd(atoms: impl Into<i128>) -> String {
    let cents = (atoms.into() as f64 / 1e4).round() as i128;
    let sign = if cents < 0 { "-" } else { "" };
    let cents = cents.abs();
    format!("{sign}${}.{:02}", grouped(cents / 100), cents % 100)
}

/// Atoms as dollars and all six decimals: to the atom.
pub fn exact(atoms: impl Into<i128>) -> String {
    let atoms = atoms.into();
    let sign = if atoms < 0 { "-" } else { "" };
    format!("{sign}{}.{:06}", grouped(atoms.abs() / 1_000_000), atoms.abs() % 1_000_000)
}

/// Atoms as thousands or millions of dollars.
pub fn brief(atoms: impl Into<i128>) -> String {
    let dollars = atoms.into() as f64 / 1e6;
    match dollars.abs() {
        size if size >= 1e6 => format!("${:.3}M", dollars / 1e6),
        size if size >= 1e3 => format!("${:.1}k", dollars / 1e3),
        _ => format!("${dollars:.0}"),
    }
}

/// Ticks of a thousandth as dollars.
pub fn price(ticks: u64) -> String {
    format!("{}.{:03}", ticks / 1_000, ticks % 1_000)
}
