//! Random tokens for sessions, links in emails and calendar links. The database stores only their hashes.

use crate::error::{Error, Result};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// 256 random bits, base64url.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(pub String);

impl Token {
    pub fn random() -> Result<Self> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|error| Error::Internal(error.to_string().into()))?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bytes)))
    }
}

/// The SHA-256 of a token, as it is stored. Tokens are random, so they need no slow hash and no salt.
pub fn hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(token.as_bytes()))
}
