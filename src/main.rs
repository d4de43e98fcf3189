//! The command line. What each command does stands in `src/cli/`.

use chapterhouse::cli::{self, Command};
use chapterhouse::config::{Flags, Settings};
use clap::Parser;
use std::process::ExitCode;

/// Gives back what a burst of sign-ins has taken, and costs a page half of what the C library's allocator does.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A book-club forum that people run themselves, where nobody is spoiled.
#[derive(Parser)]
#[command(version, about)]
struct Line {
    #[command(flatten)]
    flags: Flags,
    #[command(subcommand)]
    command: Option<Command>,
}

fn main() -> ExitCode {
    let line = Line::parse();
    let command = line.command.unwrap_or_default();
    let outcome = Settings::load(&line.flags).and_then(|settings| {
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
