//! Settings of the program. A flag overrides the environment, which overrides the file named by `--config`.
//!
//! | Setting | Environment | Flag | Default |
//! |---|---|---|---|
//! | `data`: folder of the database | `CHAPTERHOUSE_DATA` | `--data` | `data` |
//! | `listen`: address and port | `CHAPTERHOUSE_LISTEN` | `--listen` | `127.0.0.1:8080` |
//! | `database_url` | `DATABASE_URL` | `--database-url` | an SQLite file in `data` |
//! | `address`: where members reach the club | `CHAPTERHOUSE_ADDRESS` | `--address` | `http://` and `listen` |
//! | `proxies`: addresses that may set `X-Forwarded-For` | `CHAPTERHOUSE_PROXIES` | | none |
//! | `mail_url`: SMTP server | `CHAPTERHOUSE_MAIL_URL` | | none |
//! | `log_json`: logs as JSON lines | `CHAPTERHOUSE_LOG_JSON` | | `false` |
//! | `limits_sign_in`: sign-in attempts per hour, per handle and per address | `CHAPTERHOUSE_LIMITS_SIGN_IN` | | `20` |
//! | `limits_join`: new members per hour and address | `CHAPTERHOUSE_LIMITS_JOIN` | | `10` |
//! | `limits_join_seconds`: least time to fill in the join form | `CHAPTERHOUSE_LIMITS_JOIN_SECONDS` | | `3` |
//! | `limits_post`: posts and edits per hour and member | `CHAPTERHOUSE_LIMITS_POST` | | `60` |
//! | `limits_thread`: new threads per hour and member | `CHAPTERHOUSE_LIMITS_THREAD` | | `10` |
//! | argon2id cost: `password_memory` (KiB), `password_passes` | `CHAPTERHOUSE_PASSWORD_MEMORY`, … | | `19456`, `2` |
//!
//! A limit of 0 means no limit. `RUST_LOG` sets the log level.

use crate::db::DatabaseUrl;
use serde::Deserialize;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

/// Settings as read from file, environment and flags, not yet checked. Numbers are still text, because the environment
/// has only text.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSettings {
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

#[derive(Clone, Debug)]
pub struct Settings {
    /// The folder for the SQLite database and backups. Nothing else may be stored in it.
    pub data: PathBuf,
    pub listen: SocketAddr,
    pub database: DatabaseUrl,
    /// Base URL of the club, without a trailing slash. All absolute links begin with it.
    pub address: String,
    /// Reverse proxies whose `X-Forwarded-For` is trusted.
    pub proxies: Vec<IpAddr>,
    /// SMTP server, as a URL that lettre reads.
    pub mail_url: Option<String>,
    /// Whether to log JSON lines instead of text.
    pub log_json: bool,
    /// Rate limits; an admin can override some of them in the club's settings.
    pub limits: Limits,
    /// Minimum number of seconds between showing the join form and accepting it. A bot that is faster has to wait.
    pub min_join_seconds: u32,
    pub passwords: PasswordCost,
}

/// Rate limits per hour. 0 means no limit.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Sign-in attempts, per handle and per client address.
    pub sign_in: u32,
    /// New members per client address.
    pub join: u32,
    /// Posts and edits per member.
    pub post: u32,
    /// New threads per member.
    pub thread: u32,
}

/// Cost of argon2id. The minimum is OWASP's: 19 MiB, 2 passes, 1 lane.
#[derive(Clone, Copy, Debug)]
pub struct PasswordCost {
    /// Memory in KiB.
    pub memory: u32,
    pub passes: u32,
}

/// Command-line flags for settings, accepted by every command.
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
    /// Reads file, environment and flags. The error is a sentence that names the wrong setting.
    pub fn load(flags: &Flags) -> Result<Self, String> {
        let mut sources = config::Config::builder();
        for (name, value) in [
            ("data", "data"),
            ("listen", "127.0.0.1:8080"),
            ("log_json", "false"),
            ("limits_sign_in", "20"),
            ("limits_join", "10"),
            ("limits_join_seconds", "3"),
            ("limits_post", "60"),
            ("limits_thread", "10"),
            ("password_memory", "19456"),
            ("password_passes", "2"),
        ] {
            sources = sources.set_default(name, value).map_err(config_error)?;
        }
        if let Some(file) = &flags.config {
            sources = sources.add_source(config::File::from(file.as_path()).format(config::FileFormat::Toml));
        }
        sources = sources
            .add_source(config::Environment::with_prefix("CHAPTERHOUSE").source(Some(environment_settings())))
            .set_override_option("database_url", std::env::var("DATABASE_URL").ok().filter(|url| !url.is_empty()))
            .and_then(|it| it.set_override_option("data", flags.data.as_ref().map(|path| path.display().to_string())))
            .and_then(|it| it.set_override_option("listen", flags.listen.clone()))
            .and_then(|it| it.set_override_option("database_url", flags.database_url.clone()))
            .and_then(|it| it.set_override_option("address", flags.address.clone()))
            .map_err(config_error)?;
        let raw: RawSettings = sources.build().and_then(config::Config::try_deserialize).map_err(config_error)?;
        Self::check(raw)
    }

    fn check(raw: RawSettings) -> Result<Self, String> {
        let listen: SocketAddr = raw
            .listen
            .parse()
            .map_err(|_| format!("listen must be an address and a port, like 127.0.0.1:8080, not {:?}", raw.listen))?;
        let database = match &raw.database_url {
            Some(url) => DatabaseUrl::parse(url)?,
            None => DatabaseUrl::Sqlite(raw.data.join("chapterhouse.db").display().to_string()),
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
            sign_in: parse_number("limits_sign_in", &raw.limits_sign_in)?,
            join: parse_number("limits_join", &raw.limits_join)?,
            post: parse_number("limits_post", &raw.limits_post)?,
            thread: parse_number("limits_thread", &raw.limits_thread)?,
        };
        let min_join_seconds = parse_number("limits_join_seconds", &raw.limits_join_seconds)?;
        let passwords = PasswordCost {
            memory: parse_number("password_memory", &raw.password_memory)?,
            passes: parse_number("password_passes", &raw.password_passes)?,
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
            min_join_seconds,
            passwords,
        })
    }

    /// Whether the club is served over TLS, so that cookies can be `Secure`.
    pub fn is_secure(&self) -> bool {
        self.address.starts_with("https://")
    }
}

/// The `CHAPTERHOUSE_` variables, without the ones that aren't settings: the name of the settings file and the tests'
/// variables.
fn environment_settings() -> config::Map<String, String> {
    let others = |name: &str| name == "CHAPTERHOUSE_CONFIG" || name.starts_with("CHAPTERHOUSE_TEST_");
    std::env::vars().filter(|(name, _)| !others(name)).collect()
}

/// Parses a whole number. The error is a sentence that names the setting.
fn parse_number(name: &str, text: &str) -> Result<u32, String> {
    let wrong =
        |_| format!("{name} (CHAPTERHOUSE_{}) must be a whole number, 0 or more, not {text:?}", name.to_uppercase());
    text.trim().parse().map_err(wrong)
}

fn config_error(error: config::ConfigError) -> String {
    format!("a setting is wrong: {error}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(flags: Flags) -> Result<Settings, String> {
        Settings::load(&flags)
    }

    #[test]
    fn errors_name_the_setting() {
        let wrong = |flags| load(flags).map(|_| ()).unwrap_err();
        assert!(wrong(Flags { listen: Some("here".into()), ..Flags::default() }).contains("listen"));
        assert!(wrong(Flags { database_url: Some("mysql://x".into()), ..Flags::default() }).contains("DATABASE_URL"));
        assert!(wrong(Flags { address: Some("club.example".into()), ..Flags::default() }).contains("address"));
        assert!(wrong(Flags { address: Some("https://club.example/x".into()), ..Flags::default() }).contains("path"));
    }

    #[test]
    fn flags_override_defaults() {
        let flags = Flags { listen: Some("127.0.0.1:0".into()), data: Some("there".into()), ..Flags::default() };
        let settings = load(flags).unwrap();
        assert_eq!(settings.listen.port(), 0);
        assert!(matches!(settings.database, DatabaseUrl::Sqlite(path) if path.starts_with("there")));
    }
}
