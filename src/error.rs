//! The error type of the program. It knows neither actix nor askama: `web/errors.rs` turns errors into pages.

use std::borrow::Cow;
use std::collections::BTreeMap;

/// The result type of `domain/` and `db/`.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a request failed, with the HTTP status it gets.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// 404: it doesn't exist, or this reader mustn't know that it does.
    #[error("not found")]
    NotFound,
    /// A GET is redirected to the sign-in page (303); a form gets 403.
    #[error("sign in first")]
    SignInRequired,
    /// 403: the sentence says who can do this.
    #[error("forbidden: {0}")]
    Forbidden(&'static str),
    /// 403: the thread with this id is locked. The error page links to it.
    #[error("locked")]
    Locked(i64),
    /// 404: a single-use link that is expired, used or malformed.
    #[error("spent")]
    InvalidLink,
    /// 413.
    #[error("too long")]
    TooLong,
    /// 400: a request that none of our pages sends.
    #[error("bad request: {0}")]
    BadRequest(&'static str),
    /// 409: the row has changed since the page was loaded. The sentence says what to do.
    #[error("conflict: {0}")]
    Conflict(&'static str),
    /// 409: the moderator with this name has claimed the report case.
    #[error("held by {0}")]
    Claimed(String),
    /// 409: the moderator with this name has already decided.
    #[error("overtaken by {0}")]
    AlreadyDoneBy(String),
    /// 422: the form is shown again with these messages beside its fields.
    #[error("refused: {0:?}")]
    Refused(Problems),
    /// 429: a rate limit is reached.
    #[error("too many")]
    RateLimited,
    /// 503: the database can't be reached or is overloaded, or the password hasher is.
    #[error("busy")]
    Busy,
    /// 503: the connection to the database broke while it was in use.
    #[error("connection lost: {0}")]
    ConnectionLost(String),
    /// 500: a bug or an outage. The source is logged and never shown.
    #[error("internal: {0}")]
    Internal(Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    pub fn internal(source: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Internal(Box::new(source))
    }

    pub fn is_connection_lost(&self) -> bool {
        matches!(self, Self::ConnectionLost(_))
    }
}

/// Messages of PostgreSQL when it stops while a statement runs, and of its client library.
const CONNECTION_LOST: [&str; 6] = [
    "terminating connection",
    "server closed the connection",
    "no connection to the server",
    "could not receive data from server",
    "could not send data to server",
    "the database system is",
];

/// Messages of PostgreSQL when it rolls a transaction back that can be tried again.
const TRY_AGAIN: [&str; 3] = ["deadlock detected", "due to lock timeout", "due to statement timeout"];

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        use diesel::result::{DatabaseErrorKind, Error as Diesel};
        match error {
            Diesel::NotFound => Self::NotFound,
            // On a deadlock or a failed serialization PostgreSQL rolls one transaction back; the client can try again.
            Diesel::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => Self::Busy,
            Diesel::DatabaseError(DatabaseErrorKind::ClosedConnection, about) => {
                Self::ConnectionLost(about.message().to_owned())
            }
            Diesel::DatabaseError(_, about) if CONNECTION_LOST.iter().any(|known| about.message().contains(known)) => {
                Self::ConnectionLost(about.message().to_owned())
            }
            Diesel::DatabaseError(_, about) if TRY_AGAIN.iter().any(|known| about.message().contains(known)) => {
                Self::Busy
            }
            // The transaction could not be begun or ended, because the connection broke in it.
            broken @ Diesel::BrokenTransactionManager => Self::ConnectionLost(broken.to_string()),
            other => Self::internal(other),
        }
    }
}

/// Validation errors of a form: one sentence per field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems {
    sentences: BTreeMap<Cow<'static, str>, String>,
    link: Option<String>,
}

impl Problems {
    pub fn one(field: &'static str, sentence: impl Into<String>) -> Self {
        let mut problems = Self::default();
        problems.add(field, sentence);
        problems
    }

    /// Adds a link to what the problems are about, such as the post that already says the same.
    pub fn with_link(self, path: String) -> Self {
        Self { link: Some(path), ..self }
    }

    /// Path of what the problems are about.
    pub fn link(&self) -> Option<&str> {
        self.link.as_deref()
    }

    /// Adds a problem. If the field already has one, the earlier one stays.
    pub fn add(&mut self, field: impl Into<Cow<'static, str>>, sentence: impl Into<String>) {
        self.sentences.entry(field.into()).or_insert_with(|| sentence.into());
    }

    /// Adds the problems of another part of the form, under the same rule.
    pub fn merge(&mut self, part: Self) {
        for (field, sentence) in part.sentences {
            self.add(field, sentence);
        }
    }

    /// Returns the value of a parsed field, or adds its error and returns `None`.
    pub fn check<T>(&mut self, field: &'static str, parsed: Result<T, impl Into<String>>) -> Option<T> {
        parsed.map_err(|sentence| self.add(field, sentence)).ok()
    }

    /// Returns the value of a parsed part of the form, or adds that part's problems and returns `None`. Other errors
    /// than [`Error::Refused`] are returned as they are.
    pub fn check_part<T>(&mut self, parsed: Result<T>) -> Result<Option<T>> {
        match parsed {
            Ok(value) => Ok(Some(value)),
            Err(Error::Refused(problems)) => {
                self.merge(problems);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    pub fn on(&self, field: &str) -> Option<&str> {
        self.sentences.get(field).map(String::as_str)
    }

    /// Fields with their sentences, in alphabetical order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.sentences.iter().map(|(field, sentence)| (&**field, sentence.as_str()))
    }

    pub fn is_empty(&self) -> bool {
        self.sentences.is_empty()
    }

    /// `Ok` if there are no problems, otherwise [`Error::Refused`].
    pub fn into_result(self) -> Result<()> {
        if self.is_empty() { Ok(()) } else { Err(Error::Refused(self)) }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn only_refusals_of_a_part_become_problems() {
        let mut problems = Problems::default();
        let refused = Err(Error::Refused(Problems::one("day", "Please enter a date.")));
        assert!(problems.check_part::<()>(refused).unwrap().is_none());
        assert_eq!(problems.on("day"), Some("Please enter a date."));
        assert!(matches!(problems.check_part::<()>(Err(Error::Busy)), Err(Error::Busy)));
    }
}
