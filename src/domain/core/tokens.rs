//! Random tokens, of which the database keeps only a hash: sessions, links in emails, calendar links.

use crate::error::{Error, Result};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// What a browser keeps in its cookie: 256 random bits.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(pub String);

impl Token {
    /// A new one.
    pub fn random() -> Result<Self> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|error| Error::Internal(error.to_string().into()))?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bytes)))
    }
}

/// What the database keeps of a token. A plain hash will do: tokens cannot be guessed.
pub fn hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(token.as_bytes()))
}
