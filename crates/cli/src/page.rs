//! What a person reads: titles, lines and tables, coloured only where a terminal shows them.

use std::io::{IsTerminal, Write};

use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};
use serde::Serialize;

use crate::json;

/// What a line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// A heading.
    Title,
    /// Anything else.
    Plain,
    /// What need not be read.
    Quiet,
    /// All is well.
    Good,
    /// Worth a look.
    Warn,
    /// Something is lost, refused or under maintenance.
    Bad,
}

/// What a command answers: the same facts for a person and for a program.
pub trait Answer: Serialize {
    /// Writes it for a person.
    fn show(&self, page: &mut Page);
}

/// Text as it grows.
pub struct Page {
    colour: bool,
    text: String,
}

impl Page {
    /// An empty page, with colour if wanted.
    pub fn new(colour: bool) -> Self {
        Self { colour, text: String::new() }
    }

    /// One for standard output: colour if a person looks and did not say `NO_COLOR`.
    pub fn for_stdout() -> Self {
        let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        Self::new(wanted && std::io::stdout().is_terminal())
    }

    /// What was written so far.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// A line in a tone.
    pub fn line(&mut self, tone: Tone, text: &str) {
        let code = match tone {
            Tone::Title => "1",
            Tone::Plain => "0",
            Tone::Quiet => "2",
            Tone::Good => "32",
            Tone::Warn => "33",
            Tone::Bad => "31",
        };
        let text = text.trim_end();
        if self.colour && tone != Tone::Plain && !text.is_empty() {
            self.text.push_str(&format!("\x1b[{code}m{text}\x1b[0m\n"));
        } else {
            self.text.push_str(text);
            self.text.push('\n');
        }
    }

    /// An ordinary line.
    pub fn say(&mut self, text: impl AsRef<str>) {
        self.line(Tone::Plain, text.as_ref());
    }

    /// A heading, after an empty line where something is before it.
    pub fn title(&mut self, text: impl AsRef<str>) {
        if !self.text.is_empty() {
            self.say("");
        }
        self.line(Tone::Title, text.as_ref());
    }

    /// Names and values under each other.
    pub fn facts<N: AsRef<str>, V: AsRef<str>>(&mut self, facts: impl IntoIterator<Item = (N, V)>) {
        let facts: Vec<_> = facts.into_iter().collect();
        let width = facts.iter().map(|(name, _)| name.as_ref().chars().count()).max().unwrap_or_default();
        for (name, value) in &facts {
            self.say(format!("  {:<width$}  {}", name.as_ref(), value.as_ref()));
        }
    }

    /// A table. A heading that begins with `>` has its column on the right.
    pub fn table(&mut self, headings: &[&str], rows: impl IntoIterator<Item = Vec<String>>) {
        let mut table = Table::new();
        table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
        table.set_header(headings.iter().map(|heading| Cell::new(heading.trim_start_matches('>').to_uppercase())));
        for row in rows {
            table.add_row(row);
        }
        for (column, heading) in table.column_iter_mut().zip(headings) {
            let alignment = if heading.starts_with('>') { CellAlignment::Right } else { CellAlignment::Left };
            column.set_cell_alignment(alignment);
            column.set_padding((2, 0));
        }
        let text = table.to_string();
        for (place, line) in text.lines().enumerate() {
            self.line(if place == 0 { Tone::Quiet } else { Tone::Plain }, line);
        }
    }
}

/// Prints an answer on standard output, for a program or for a person.
pub fn print(answer: &impl Answer, as_json: bool) {
    let text = if as_json {
        format!("{}\n", json::text(answer))
    } else {
        let mut page = Page::for_stdout();
        answer.show(&mut page);
        page.text
    };
    // A reader that went away, such as `head`, does not make the command fail.
    _ = std::io::stdout().write_all(text.as_bytes());
}
