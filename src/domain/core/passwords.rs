//! Passwords: what makes one good enough, and how they are hashed. Hashing takes tens of milliseconds and megabytes,
//! so it runs beside the async threads, few at a time: a storm of sign-ins slows only sign-ins.

use crate::config;
use crate::error::{Error, Result};
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use tokio::sync::Semaphore;

/// How many may wait to be hashed before further ones are told that the club is busy.
const WAITING: usize = 64;

/// A password good enough to keep (NIST SP 800-63B: at least 8 characters, long ones allowed, common ones refused).
pub struct Password(String);

impl Password {
    /// Reads a new password. `known` are words that somebody might try first, such as the handle.
    pub fn parse(input: &str, known: &[&str]) -> Result<Self, String> {
        match input.chars().count() {
            0..8 => return Err("Please use at least 8 characters.".to_owned()),
            257.. => return Err("Please use at most 256 characters.".to_owned()),
            _ => {}
        }
        // zxcvbn's work grows with the square of the length; what is past 64 characters only makes it stronger.
        let start: String = input.chars().take(64).collect();
        if zxcvbn::zxcvbn(&start, known).score() < zxcvbn::Score::Two {
            return Err("This password is easy to guess. Try a few random words.".to_owned());
        }
        Ok(Self(input.to_owned()))
    }
}

/// How many are hashed at once.
pub fn at_once() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| cores.get() / 2).max(1)
}

/// Hashes and checks passwords with argon2id.
#[derive(Clone)]
pub struct Hasher {
    argon2: Argon2<'static>,
    params: Params,
    turns: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    /// Checked where there is no account, so that the answer takes as long.
    decoy: Arc<OnceLock<String>>,
}

/// What checking a password found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is not the one.
    Wrong,
    /// It is the one.
    Right,
    /// It is the one, but its hash was made with other parameters than today's: here is a better one.
    Upgrade(String),
}

impl Hasher {
    /// A hasher with these costs.
    pub fn new(costs: config::Passwords) -> Result<Self> {
        let params = Params::new(costs.memory, costs.passes, 1, None).map_err(|error| wrong(&error))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
        let turns = Arc::new(Semaphore::new(at_once()));
        let hasher = Self { argon2, params, turns, waiting: Arc::default(), decoy: Arc::default() };
        // Made aside, so that the start need not wait for it.
        let early = hasher.clone();
        std::thread::spawn(move || early.decoy.get_or_init(|| decoy(&early.argon2)).len());
        Ok(hasher)
    }

    /// The hash to keep, as a PHC string with its own salt.
    pub async fn hash(&self, password: Password) -> Result<String> {
        self.run(move |argon2| hash(argon2, &password.0)).await
    }

    /// Checks a password against a kept hash; against the decoy where there is none.
    pub async fn verify(&self, password: String, kept: Option<String>) -> Result<Verdict> {
        let params = self.params.clone();
        let spare = self.decoy.clone();
        self.run(move |argon2| {
            let phc = kept.as_deref().unwrap_or_else(|| spare.get_or_init(|| decoy(argon2)));
            let parsed = PasswordHash::new(phc).map_err(|error| wrong(&error))?;
            let matches = argon2.verify_password(password.as_bytes(), &parsed).is_ok();
            if !matches || kept.is_none() {
                return Ok(Verdict::Wrong);
            }
            let made_with = Params::try_from(&parsed).map_err(|error| wrong(&error))?;
            let same = (made_with.m_cost(), made_with.t_cost()) == (params.m_cost(), params.t_cost());
            if same { Ok(Verdict::Right) } else { hash(argon2, &password).map(Verdict::Upgrade) }
        })
        .await
    }

    /// Does work that weighs as much as a hash, such as telling how easily a password is guessed, where hashes are made:
    /// beside the async threads, few at a time.
    pub async fn aside<T, F>(&self, work: F) -> Result<T>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        self.run(move |_| Ok(work())).await
    }

    async fn run<T, F>(&self, work: F) -> Result<T>
    where
        F: FnOnce(&Argon2<'static>) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let _place = Place::take(&self.waiting).ok_or(Error::Busy)?;
        let turn = self.turns.clone().acquire_owned().await.map_err(|_| Error::Busy)?;
        let argon2 = self.argon2.clone();
        let done = tokio::task::spawn_blocking(move || {
            let result = work(&argon2);
            drop(turn);
            result
        });
        done.await.map_err(Error::internal)?
    }
}

/// A place in the queue, given back when dropped.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(waiting: &Arc<AtomicUsize>) -> Option<Self> {
        let place = Self(waiting.clone());
        (waiting.fetch_add(1, Ordering::Relaxed) < WAITING).then_some(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn decoy(argon2: &Argon2<'_>) -> String {
    hash(argon2, "correct horse battery staple").unwrap_or_default()
}

fn hash(argon2: &Argon2<'_>, password: &str) -> Result<String> {
    Ok(argon2.hash_password(password.as_bytes()).map_err(|error| wrong(&error))?.to_string())
}

fn wrong(error: &dyn std::fmt::Display) -> Error {
    Error::Internal(error.to_string().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_weighs_is_done_aside_and_waits_for_its_turn() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(aside_and_in_turn());
    }

    async fn aside_and_in_turn() {
        let hasher = Hasher::new(config::Passwords { memory: 64, passes: 1 }).unwrap();
        let own = std::thread::current().id();
        assert_ne!(hasher.aside(|| std::thread::current().id()).await.unwrap(), own);
        let all = u32::try_from(hasher.turns.available_permits()).unwrap();
        let turns = hasher.turns.clone().acquire_many_owned(all).await.unwrap();
        let waiting = tokio::time::timeout(std::time::Duration::from_millis(20), hasher.aside(|| ())).await;
        assert!(waiting.is_err(), "it does not wait for its turn");
        drop(turns);
        hasher.aside(|| ()).await.unwrap();
    }
}
