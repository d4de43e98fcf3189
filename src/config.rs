//! Every setting of the program. A flag wins over the environment, the environment over the file named by `--config`.
//!
//! | Setting | Environment | Flag | Unless set |
//! |---|---|---|---|
//! | `data`: folder of the database | `CHAPTERHOUSE_DATA` | `--data` | `data` |
//! | `listen`: address and port | `CHAPTERHOUSE_LISTEN` | `--listen` | `127.0.0.1:8080` |
//! | `database_url` | `DATABASE_URL` | `--database-url` | an SQLite file in `data` |
//! | `address`: where members reach the club | `CHAPTERHOUSE_ADDRESS` | `--address` | `http://` and `listen` |
//! | `proxies`: addresses that may set `X-Forwarded-For` | `CHAPTERHOUSE_PROXIES` | | none |
//! | `mail_url`: SMTP server | `CHAPTERHOUSE_MAIL_URL` | | none |
//! | `log_json`: logs as JSON lines | `CHAPTERHOUSE_LOG_JSON` | | `false` |
//! | `limits_sign_in`: tries an hour, a handle and an address | `CHAPTERHOUSE_LIMITS_SIGN_IN` | | `20` |
//! | `limits_join`: new members an hour, an address | `CHAPTERHOUSE_LIMITS_JOIN` | | `10` |
//! | `limits_join_seconds`: how long joining takes at least; faster answers wait | `CHAPTERHOUSE_LIMITS_JOIN_SECONDS` | | `3` |
//! | `limits_post`: posts and edits an hour, a member | `CHAPTERHOUSE_LIMITS_POST` | | `60` |
//! | `limits_thread`: new threads an hour, a member | `CHAPTERHOUSE_LIMITS_THREAD` | | `10` |
//! | `password_memory`, `password_passes`: argon2id's, KiB and rounds | `CHAPTERHOUSE_PASSWORD_MEMORY`, `…_PASSES` | | `19456`, `2` |
//!
//! A limit of 0 means none. How much is logged is set by `RUST_LOG`.

use crate::db::Address;
use serde::Deserialize;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

/// What is read from file, environment and flags, before it is checked. Numbers are texts until then: the environment
/// knows no others.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    data: PathBuf,
    listen: String,
    database_url: Option<String>,
    address: Option<String>,
    proxies: Option<String>,
    mail_url: Option<String>,
    log_json: bool,
    limits_sign_in: String,
    limits_join: String,
    limits_join_seconds: String,
    limits_post: String,
    limits_thread: String,
    password_memory: String,
    password_passes: String,
}

/// The settings, checked.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The folder that holds the database and nothing of anybody else's.
    pub data: PathBuf,
    /// Where the server listens.
    pub listen: SocketAddr,
    /// The database.
    pub database: Address,
    /// Where members reach the club, without a slash at the end: the only source of absolute links.
    pub address: String,
    /// Whose `X-Forwarded-For` is believed.
    pub proxies: Vec<IpAddr>,
    /// The SMTP server, as a URL that lettre reads.
    pub mail_url: Option<String>,
    /// Whether logs are JSON lines.
    pub log_json: bool,
    /// How often things may be done.
    pub limits: Limits,
    /// How many seconds it takes a person at least to fill in the form to join.
    pub join_seconds: u32,
    /// How passwords are hashed.
    pub passwords: Passwords,
}

/// How often things may be done in an hour; 0 means without a limit.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Tries to sign in, for each handle and for each address.
    pub sign_in: u32,
    /// New members from one address.
    pub join: u32,
    /// Posts and edits of one member.
    pub post: u32,
    /// New threads of one member.
    pub thread: u32,
}

/// argon2id's cost (OWASP Password Storage: at least 19 MiB, 2 passes, 1 lane).
#[derive(Clone, Copy, Debug)]
pub struct Passwords {
    /// Memory in KiB.
    pub memory: u32,
    /// Passes over it.
    pub passes: u32,
}

/// The flags that settings can be given by, on any command.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct Flags {
    /// Folder of the club's data
    #[arg(long, global = true, value_name = "FOLDER")]
    pub data: Option<PathBuf>,
    /// Address and port to listen on
    #[arg(long, global = true, value_name = "ADDRESS:PORT")]
    pub listen: Option<String>,
    /// Database, as postgres://… or sqlite:FILE
    #[arg(long, global = true, value_name = "URL")]
    pub database_url: Option<String>,
    /// Where members reach the club, as https://…
    #[arg(long, global = true, value_name = "URL")]
    pub address: Option<String>,
    /// File of settings, in TOML
    #[arg(long, global = true, value_name = "FILE", env = "CHAPTERHOUSE_CONFIG")]
    pub config: Option<PathBuf>,
}

impl Settings {
    /// Reads the settings from wherever they are given. The error is a sentence that names the setting.
    pub fn load(flags: &Flags) -> Result<Self, String> {
        let mut sources = config::Config::builder();
        for (name, value) in [("data", "data"), ("listen", "127.0.0.1:8080"), ("log_json", "false")] {
            sources = sources.set_default(name, value).map_err(sentence)?;
        }
        for (name, value) in [
            ("limits_sign_in", 20),
            ("limits_join", 10),
            ("limits_join_seconds", 3),
            ("limits_post", 60),
            ("limits_thread", 10),
            ("password_memory", 19456),
            ("password_passes", 2),
        ] {
            sources = sources.set_default(name, value).map_err(sentence)?;
        }
        if let Some(file) = &flags.config {
            sources = sources.add_source(config::File::from(file.as_path()).format(config::FileFormat::Toml));
        }
        sources = sources
            .add_source(config::Environment::with_prefix("CHAPTERHOUSE").source(Some(environment())))
            .set_override_option("database_url", std::env::var("DATABASE_URL").ok().filter(|url| !url.is_empty()))
            .and_then(|it| it.set_override_option("data", flags.data.as_ref().map(|path| path.display().to_string())))
            .and_then(|it| it.set_override_option("listen", flags.listen.clone()))
            .and_then(|it| it.set_override_option("database_url", flags.database_url.clone()))
            .and_then(|it| it.set_override_option("address", flags.address.clone()))
            .map_err(sentence)?;
        let raw: Raw = sources.build().and_then(config::Config::try_deserialize).map_err(sentence)?;
        Self::check(raw)
    }

    fn check(raw: Raw) -> Result<Self, String> {
        let listen: SocketAddr = raw
            .listen
            .parse()
            .map_err(|_| format!("listen must be an address and a port, like 127.0.0.1:8080, not {:?}", raw.listen))?;
        let database = match &raw.database_url {
            Some(url) => Address::parse(url)?,
            None => Address::Sqlite(raw.data.join("chapterhouse.db").display().to_string()),
        };
        let address = raw.address.unwrap_or_else(|| format!("http://{listen}"));
        let address = address.trim_end_matches('/').to_owned();
        let host = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
        if !host.is_some_and(|host| !host.is_empty() && !host.contains(['/', ' ', '?', '#', '@'])) {
            return Err(format!("address must be like https://club.example, without a path, not {address:?}"));
        }
        let proxies = raw.proxies.as_deref().unwrap_or_default();
        let proxies = proxies.split([',', ' ']).filter(|text| !text.is_empty()).map(|text| {
            text.parse()
                .map(|address: IpAddr| address.to_canonical())
                .map_err(|_| format!("proxies must be addresses such as 127.0.0.1, not {text:?}"))
        });
        let limits = Limits {
            sign_in: number("limits_sign_in", &raw.limits_sign_in)?,
            join: number("limits_join", &raw.limits_join)?,
            post: number("limits_post", &raw.limits_post)?,
            thread: number("limits_thread", &raw.limits_thread)?,
        };
        let join_seconds = number("limits_join_seconds", &raw.limits_join_seconds)?;
        let passwords = Passwords {
            memory: number("password_memory", &raw.password_memory)?,
            passes: number("password_passes", &raw.password_passes)?,
        };
        if passwords.memory < 19456 || passwords.passes < 2 {
            return Err("password_memory must be at least 19456 and password_passes at least 2 (OWASP)".to_owned());
        }
        if passwords.memory > 1 << 21 || passwords.passes > 64 {
            return Err("password_memory must be at most 2097152 and password_passes at most 64".to_owned());
        }
        Ok(Self {
            data: raw.data,
            listen,
            database,
            proxies: proxies.collect::<Result<_, _>>()?,
            address,
            mail_url: raw.mail_url,
            log_json: raw.log_json,
            limits,
            join_seconds,
            passwords,
        })
    }

    /// Whether members reach the club over TLS, so that cookies are kept to it.
    pub fn is_secure(&self) -> bool {
        self.address.starts_with("https://")
    }
}

/// Our part of the environment; the name of the file itself is a flag's, and what tests need is no setting.
fn environment() -> config::Map<String, String> {
    let others = |name: &str| name == "CHAPTERHOUSE_CONFIG" || name.starts_with("CHAPTERHOUSE_TEST_");
    std::env::vars().filter(|(name, _)| !others(name)).collect()
}

/// A number, or a sentence that names the setting and says what it takes.
fn number(name: &str, text: &str) -> Result<u32, String> {
    let wrong =
        |_| format!("{name} (CHAPTERHOUSE_{}) must be a whole number, 0 or more, not {text:?}", name.to_uppercase());
    text.trim().parse().map_err(wrong)
}

fn sentence(error: config::ConfigError) -> String {
    format!("a setting is wrong: {error}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(flags: Flags) -> Result<Settings, String> {
        Settings::load(&flags)
    }

    #[test]
    fn a_wrong_setting_is_named() {
        let wrong = |flags| load(flags).map(|_| ()).unwrap_err();
        assert!(wrong(Flags { listen: Some("here".into()), ..Flags::default() }).contains("listen"));
        assert!(wrong(Flags { database_url: Some("mysql://x".into()), ..Flags::default() }).contains("DATABASE_URL"));
        assert!(wrong(Flags { address: Some("club.example".into()), ..Flags::default() }).contains("address"));
        assert!(wrong(Flags { address: Some("https://club.example/x".into()), ..Flags::default() }).contains("path"));
    }

    #[test]
    fn flags_are_taken() {
        let flags = Flags { listen: Some("127.0.0.1:0".into()), data: Some("there".into()), ..Flags::default() };
        let settings = load(flags).unwrap();
        assert_eq!(settings.listen.port(), 0);
        assert!(matches!(settings.database, Address::Sqlite(path) if path.starts_with("there")));
    }
}
