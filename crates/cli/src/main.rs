//! The command line.

fn main() -> std::process::ExitCode {
    plimsoll_cli::main()
}
