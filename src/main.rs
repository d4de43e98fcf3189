//! The command line. The commands are in `src/cli/`.

use chapterhouse::cli::{self, Command};
use chapterhouse::config::{Flags, Settings};
use clap::Parser;
use std::process::ExitCode;

/// mimalloc returns the memory of a burst of password hashes to the system, and renders a page in half the time that
/// the C library's allocator needs.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A book-club forum that people run themselves, where nobody is spoiled.
#[derive(Parser)]
#[command(version, about)]
struct Cli {
    #[command(flatten)]
    flags: Flags,
    #[command(subcommand)]
    command: Option<Command>,
}

fn main() -> ExitCode {
    // Databases and backups hold addresses, password hashes and hidden texts. Only this account can read what is created.
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let cli_args = Cli::parse();
    let command = cli_args.command.unwrap_or_default();
    let outcome = Settings::load(&cli_args.flags).and_then(|settings| {
        cli::log(&settings);
        cli::run(command, settings)
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("chapterhouse: {sentence}");
            ExitCode::FAILURE
        }
    }
}
