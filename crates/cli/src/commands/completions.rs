//! `plimsoll completions`: what a shell needs to complete commands.

use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};

use crate::arguments::Cli;

/// Writes completions for a shell.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  plimsoll completions bash > ~/.local/share/bash-completion/completions/plimsoll\n  plimsoll completions zsh > ~/.zfunc/_plimsoll\n  plimsoll completions fish > ~/.config/fish/completions/plimsoll.fish"
)]
pub struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    /// Does it.
    pub fn run(&self) {
        generate(self.shell, &mut Cli::command(), "plimsoll", &mut std::io::stdout());
    }
}
