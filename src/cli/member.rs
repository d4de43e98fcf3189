//! `chapterhouse member`: adds, lists and changes members.

use crate::cli::{error_sentence, transact};
use crate::config::Settings;
use crate::db::MemberId;
use crate::domain::accounts::commands;
use crate::domain::accounts::new_members::NewMember;
use crate::domain::core::members::{self, Role};
use crate::domain::core::names::{EmailAddress, Handle};
use crate::domain::core::passwords::{Hasher, Password};
use std::io::{BufRead, IsTerminal};

#[derive(clap::Subcommand)]
pub enum Command {
    /// Add a member; the password comes from standard input or a prompt
    Add {
        /// Their username
        handle: String,
        /// Their email address
        #[arg(long)]
        email: String,
        /// member, host, moderator or admin
        #[arg(long, default_value = "member")]
        role: String,
    },
    /// List the members
    List,
    /// Give a member another role
    Role {
        /// Their username
        handle: String,
        /// member, host, moderator or admin
        role: String,
    },
    /// Set a member's password, from standard input or a prompt, and sign them out everywhere
    Password {
        /// Their username
        handle: String,
    },
}

pub fn run(command: Command, settings: &Settings) -> Result<(), String> {
    match command {
        Command::Add { handle, email, role } => add(settings, &handle, &email, &role),
        Command::List => list(settings),
        Command::Role { handle, role } => set_role(settings, &handle, &role),
        Command::Password { handle } => set_password(settings, &handle),
    }
}

fn add(settings: &Settings, handle: &str, email: &str, role: &str) -> Result<(), String> {
    let role = parse_role(role)?;
    let new = NewMember {
        handle: Handle::parse(handle)?,
        email: EmailAddress::parse(email)?,
        password_hash: ask_and_hash(settings, handle)?,
    };
    let member = transact(settings, |conn| commands::add(conn, &new, role))?;
    println!("Added {} as {}.", member.handle, member.role.as_str());
    Ok(())
}

fn list(settings: &Settings) -> Result<(), String> {
    let mut last = MemberId(0);
    loop {
        let members = transact(settings, |conn| members::list(conn, last))?;
        let Some((member, _)) = members.last() else { return Ok(()) };
        last = member.id;
        for (member, email) in members {
            println!("{}\t{}\t{email}", member.handle, member.role.as_str());
        }
    }
}

fn set_role(settings: &Settings, handle: &str, role: &str) -> Result<(), String> {
    let role = parse_role(role)?;
    transact(settings, |conn| commands::change_role(conn, handle, role))
        .map_err(|error| explain_not_found(handle, error))?;
    println!("{handle} now has the role {}.", role.as_str());
    Ok(())
}

fn set_password(settings: &Settings, handle: &str) -> Result<(), String> {
    let hash = ask_and_hash(settings, handle)?;
    transact(settings, |conn| commands::reset_password(conn, handle, &hash))
        .map_err(|error| explain_not_found(handle, error))?;
    println!("Password of {handle} changed.");
    Ok(())
}

fn explain_not_found(handle: &str, error: String) -> String {
    if error == "not found" { format!("there is no member {handle}") } else { error }
}

fn parse_role(word: &str) -> Result<Role, String> {
    Role::from_word(word)
        .ok_or_else(|| format!("{word:?} isn’t a role. The roles are member, host, moderator and admin"))
}

fn ask_and_hash(settings: &Settings, handle: &str) -> Result<String, String> {
    let stdin = std::io::stdin();
    let typed = if stdin.is_terminal() {
        rpassword::prompt_password("Password: ").map_err(|error| error.to_string())?
    } else {
        let mut line = String::new();
        stdin.lock().read_line(&mut line).map_err(|error| error.to_string())?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    };
    let password = Password::parse(&typed, handle, "")?;
    let hasher = Hasher::new(settings.passwords).map_err(error_sentence)?;
    actix_web::rt::System::new().block_on(hasher.hash(password)).map_err(error_sentence)
}
