//! What can go wrong on the way to an answer. Knows no actix and no askama: `pages/` turns these into pages.

use std::borrow::Cow;
use std::collections::BTreeMap;

/// The result type of `domain/` and `db/`.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Every way a request can end without what was asked for.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// 404: there is no such thing, or none that this reader may know of.
    #[error("not found")]
    NotFound,
    /// 303 to signing in, for a page; 403 for a form.
    #[error("sign in first")]
    SignInRequired,
    /// 403: known, but not theirs to do. The sentence says who may.
    #[error("forbidden: {0}")]
    Forbidden(&'static str),
    /// 403: a thread, by its id, that takes no more posts and whose posts stay as they are. The way on leads to it.
    #[error("locked")]
    Locked(i64),
    /// 404: a link that works once, and did, or never was one.
    #[error("spent")]
    Spent,
    /// 413: more than is read.
    #[error("too long")]
    TooLong,
    /// 400: a request that no page of ours makes.
    #[error("bad request: {0}")]
    BadRequest(&'static str),
    /// 409: somebody else was faster. The sentence says what to do.
    #[error("conflict: {0}")]
    Conflict(&'static str),
    /// 409: somebody in charge, by this name, has taken it for now.
    #[error("held by {0}")]
    Held(String),
    /// 409: somebody in charge, by this name, was faster.
    #[error("overtaken by {0}")]
    Overtaken(String),
    /// 422: what was filled in cannot be taken as it stands. The form comes back with these beside its fields.
    #[error("refused: {0:?}")]
    Refused(Problems),
    /// 429: too often.
    #[error("too many")]
    TooMany,
    /// 503: the database or the password hasher has too much to do.
    #[error("busy")]
    Busy,
    /// 500: a fault of ours. The source goes to the log and never to the page.
    #[error("internal: {0}")]
    Internal(Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// Wraps a fault of ours.
    pub fn internal(source: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Internal(Box::new(source))
    }

    /// Whether the database's server has closed the connection.
    pub fn is_connection_lost(&self) -> bool {
        use diesel::result::{DatabaseErrorKind, Error as Diesel};
        matches!(self, Self::Internal(source)
            if matches!(source.downcast_ref(), Some(Diesel::DatabaseError(DatabaseErrorKind::ClosedConnection, _))))
    }
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        use diesel::result::{DatabaseErrorKind, Error as Diesel};
        match error {
            Diesel::NotFound => Self::NotFound,
            // Of two writes that wait for one another PostgreSQL ends one, of which nothing is kept.
            Diesel::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => Self::Busy,
            Diesel::DatabaseError(_, about) if about.message() == "deadlock detected" => Self::Busy,
            other => Self::internal(other),
        }
    }
}

/// The problems of a form: for each field, one sentence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems {
    sentences: BTreeMap<Cow<'static, str>, String>,
    way_on: Option<String>,
}

impl Problems {
    /// One problem.
    pub fn one(field: &'static str, sentence: impl Into<String>) -> Self {
        let mut problems = Self::default();
        problems.add(field, sentence);
        problems
    }

    /// The same problems, with the address of what they speak of.
    pub fn leading_to(self, path: String) -> Self {
        Self { way_on: Some(path), ..self }
    }

    /// Where what they speak of is found.
    pub fn way_on(&self) -> Option<&str> {
        self.way_on.as_deref()
    }

    /// Notes a problem; the first of a field stays.
    pub fn add(&mut self, field: impl Into<Cow<'static, str>>, sentence: impl Into<String>) {
        self.sentences.entry(field.into()).or_insert_with(|| sentence.into());
    }

    /// Notes the problems of a part of the form.
    pub fn adopt(&mut self, part: Self) {
        for (field, sentence) in part.sentences {
            self.add(field, sentence);
        }
    }

    /// Takes the value out of a parsed field, or notes its problem.
    pub fn take<T>(&mut self, field: &'static str, parsed: Result<T, impl Into<String>>) -> Option<T> {
        parsed.map_err(|sentence| self.add(field, sentence)).ok()
    }

    /// Takes the value out of a parsed part of a form, or notes that part's problems.
    pub fn take_part<T>(&mut self, parsed: Result<T>) -> Option<T> {
        match parsed {
            Ok(value) => Some(value),
            Err(Error::Refused(problems)) => {
                self.adopt(problems);
                None
            }
            Err(_) => None,
        }
    }

    /// The sentence for a field.
    pub fn of(&self, field: &str) -> Option<&str> {
        self.sentences.get(field).map(String::as_str)
    }

    /// All fields with their sentences.
    pub fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.sentences.iter().map(|(field, sentence)| (&**field, sentence.as_str()))
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.sentences.is_empty()
    }

    /// `Ok` when nothing is wrong.
    pub fn done(self) -> Result<()> {
        if self.is_empty() { Ok(()) } else { Err(Error::Refused(self)) }
    }
}
