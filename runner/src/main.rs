//! The `lab` program: reads the command line, runs one command, answers with an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    runner::commands::main()
}
