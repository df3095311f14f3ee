//! Every command's help has an example, and every example is a command.

use clap::{Command, CommandFactory, Parser};
use plimsoll_cli::arguments::Cli;

/// All commands below one, itself included, by what is typed for them.
fn all<'a>(command: &'a Command, path: &str) -> Vec<(String, &'a Command)> {
    let path = format!("{path} {}", command.get_name()).trim().to_owned();
    let below = command.get_subcommands().flat_map(|sub| all(sub, &path));
    below.chain([(path.clone(), command)]).collect()
}

fn examples(command: &Command) -> Vec<String> {
    let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let after = help.split_once("Examples:\n").map(|(_, examples)| examples.to_owned()).unwrap_or_default();
    after.lines().take_while(|line| line.starts_with("  ")).map(|line| line.trim().to_owned()).collect()
}

#[test]
fn every_command_has_an_example_of_itself() {
    let cli = Cli::command();
    let commands = all(&cli, "");
    assert!(commands.len() > 30, "there are {} commands", commands.len());
    for (path, command) in commands {
        let examples = examples(command);
        assert!(!examples.is_empty(), "the help of `{path}` has no example");
        assert!(examples.iter().all(|example| example.starts_with(&path)), "`{path}`: {examples:?}");
    }
}

#[test]
fn every_example_parses() {
    let cli = Cli::command();
    for (path, command) in all(&cli, "") {
        for example in examples(command) {
            // What comes after `>` is the shell's.
            let words = example.split_whitespace().take_while(|word| *word != ">");
            let parsed = Cli::try_parse_from(words);
            assert!(parsed.is_ok(), "an example of `{path}` is no command: {example}: {}", parsed.unwrap_err());
        }
    }
}

#[test]
fn every_argument_is_explained() {
    let mut cli = Cli::command();
    cli.build();
    for (path, command) in all(&cli, "") {
        for argument in command.get_arguments() {
            assert!(argument.get_help().is_some(), "`{path}` does not explain {}", argument.get_id());
        }
    }
}

#[test]
fn the_definition_is_sound() {
    Cli::command().debug_assert();
}

#[test]
fn no_option_takes_a_secret() {
    let mut cli = Cli::command();
    cli.build();
    for (path, command) in all(&cli, "") {
        for argument in command.get_arguments() {
            let id = argument.get_id().as_str();
            let is_secret =
                ["secret", "private", "seed_phrase", "mnemonic", "password"].iter().any(|word| id.contains(word));
            assert!(!is_secret, "`{path}` takes {id}: a secret on a command line is read by everybody on the machine");
        }
    }
}
