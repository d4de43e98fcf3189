//! Password strength and hashing. A hash takes tens of milliseconds and megabytes, so hashes run outside of the async
//! threads, a few at a time: a burst of sign-ins slows down only sign-ins.

use crate::config;
use crate::error::{Error, Result};
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use tokio::sync::Semaphore;

/// Most hashes running or queued; further ones fail with [`Error::Busy`].
const MAX_QUEUED: usize = 64;

/// A password that is strong enough (NIST SP 800-63B: at least 8 characters, long ones allowed, common ones refused).
pub struct Password(String);

impl Password {
    /// Checks a new password, which must not resemble the handle or the email address; these may be empty. The error is
    /// a sentence for the form.
    pub fn parse(input: &str, handle: &str, email: &str) -> Result<Self, String> {
        match input.chars().count() {
            0..8 => return Err("Please use at least 8 characters.".to_owned()),
            257.. => return Err("Please use at most 256 characters.".to_owned()),
            _ => {}
        }
        // zxcvbn takes quadratic time, and more than 64 characters only make a password stronger.
        let start: String = input.chars().take(64).collect();
        let known: Vec<&str> = [handle, email].into_iter().chain(email.split('@')).collect();
        if zxcvbn::zxcvbn(&start, &known).score() < zxcvbn::Score::Two {
            return Err("This password is easy to guess. Try a few random words.".to_owned());
        }
        Ok(Self(input.to_owned()))
    }
}

/// Number of hashes computed at the same time.
pub fn max_concurrent_hashes() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| cores.get() / 2).max(1)
}

/// Hashes and checks passwords with argon2id.
#[derive(Clone)]
pub struct Hasher {
    argon2: Argon2<'static>,
    params: Params,
    permits: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    /// Verified when there is no account, so that the response takes as long.
    dummy_hash: Arc<OnceLock<String>>,
}

/// Result of verifying a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PasswordCheck {
    Wrong,
    Right,
    /// Right, but hashed with weaker parameters than today's: store this new hash.
    Upgrade(String),
}

impl Hasher {
    pub fn new(costs: config::PasswordCost) -> Result<Self> {
        let params = Params::new(costs.memory, costs.passes, 1, None).map_err(|error| wrong(&error))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
        let permits = Arc::new(Semaphore::new(max_concurrent_hashes()));
        let hasher = Self { argon2, params, permits, waiting: Arc::default(), dummy_hash: Arc::default() };
        // Computed in the background, so that it doesn't delay the start.
        let early = hasher.clone();
        std::thread::spawn(move || early.dummy_hash.get_or_init(|| make_dummy_hash(&early.argon2)).len());
        Ok(hasher)
    }

    /// Hashes a password into a PHC string with its own salt.
    pub async fn hash(&self, password: Password) -> Result<String> {
        self.run(move |argon2| hash(argon2, &password.0)).await
    }

    /// Verifies a password against a stored hash, or against a dummy hash if there is none.
    pub async fn verify(&self, password: String, kept: Option<String>) -> Result<PasswordCheck> {
        let params = self.params.clone();
        let dummy = self.dummy_hash.clone();
        self.run(move |argon2| {
            let phc = kept.as_deref().unwrap_or_else(|| dummy.get_or_init(|| make_dummy_hash(argon2)));
            let parsed = PasswordHash::new(phc).map_err(|error| wrong(&error))?;
            let matches = argon2.verify_password(password.as_bytes(), &parsed).is_ok();
            if !matches || kept.is_none() {
                return Ok(PasswordCheck::Wrong);
            }
            let made_with = Params::try_from(&parsed).map_err(|error| wrong(&error))?;
            let (memory, passes) = (params.m_cost(), params.t_cost());
            let is_weaker = made_with.m_cost() <= memory && made_with.t_cost() <= passes;
            let is_same = made_with.m_cost() == memory && made_with.t_cost() == passes;
            match is_weaker && !is_same {
                true => hash(argon2, &password).map(PasswordCheck::Upgrade),
                false => Ok(PasswordCheck::Right),
            }
        })
        .await
    }

    /// Runs other expensive work, such as estimating a password's strength, in the same queue as hashes.
    pub async fn run_blocking<T, F>(&self, work: F) -> Result<T>
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
        let _place = QueueSlot::acquire(&self.waiting).ok_or(Error::Busy)?;
        let permit = self.permits.clone().acquire_owned().await.map_err(|_| Error::Busy)?;
        let argon2 = self.argon2.clone();
        let done = tokio::task::spawn_blocking(move || {
            let result = work(&argon2);
            drop(permit);
            result
        });
        done.await.map_err(Error::internal)?
    }
}

/// A place in the queue, freed on drop.
struct QueueSlot(Arc<AtomicUsize>);

impl QueueSlot {
    fn acquire(waiting: &Arc<AtomicUsize>) -> Option<Self> {
        let place = Self(waiting.clone());
        (waiting.fetch_add(1, Ordering::Relaxed) < MAX_QUEUED).then_some(place)
    }
}

impl Drop for QueueSlot {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn make_dummy_hash(argon2: &Argon2<'_>) -> String {
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
    fn expensive_work_runs_on_another_thread_and_waits_for_a_permit() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(blocking_work_is_queued());
    }

    #[test]
    fn a_hash_is_replaced_by_a_stronger_one_only() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let hasher = |memory, passes| Hasher::new(config::PasswordCost { memory, passes }).unwrap();
        let words = "seven grey herons";
        runtime.block_on(async {
            let strong = hasher(128, 2).hash(Password::parse(words, "", "").unwrap()).await.unwrap();
            let check = async |memory, passes| {
                hasher(memory, passes).verify(words.to_owned(), Some(strong.clone())).await.unwrap()
            };
            for (memory, passes) in [(64, 1), (128, 1), (64, 3), (128, 2)] {
                assert_eq!(check(memory, passes).await, PasswordCheck::Right, "{memory}, {passes}");
            }
            assert!(matches!(check(256, 2).await, PasswordCheck::Upgrade(_)));
        });
    }

    async fn blocking_work_is_queued() {
        let hasher = Hasher::new(config::PasswordCost { memory: 64, passes: 1 }).unwrap();
        let own = std::thread::current().id();
        assert_ne!(hasher.run_blocking(|| std::thread::current().id()).await.unwrap(), own);
        let all = u32::try_from(hasher.permits.available_permits()).unwrap();
        let permits = hasher.permits.clone().acquire_many_owned(all).await.unwrap();
        let waiting = tokio::time::timeout(std::time::Duration::from_millis(20), hasher.run_blocking(|| ())).await;
        assert!(waiting.is_err(), "it does not wait for its turn");
        drop(permits);
        hasher.run_blocking(|| ()).await.unwrap();
    }
}
