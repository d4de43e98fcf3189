//! Half stars.

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use std::fmt;

/// A number of half stars from 1 to 10.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Integer)]
pub struct Rating(i32);

impl Rating {
    /// All ratings, the highest first.
    pub const ALL: [Self; 10] =
        [Self(10), Self(9), Self(8), Self(7), Self(6), Self(5), Self(4), Self(3), Self(2), Self(1)];

    /// `None` unless the number is from 1 to 10.
    pub fn new(half_stars: i32) -> Option<Self> {
        (1..=10).contains(&half_stars).then_some(Self(half_stars))
    }

    pub fn half_stars(self) -> i32 {
        self.0
    }

    /// For example “★★★½”.
    pub fn stars(self) -> String {
        let whole = usize::try_from(self.0 / 2).unwrap_or_default();
        format!("{}{}", "★".repeat(whole), if self.0 % 2 == 1 { "½" } else { "" })
    }
}

/// For example “3.5”.
impl fmt::Display for Rating {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 % 2 {
            0 => write!(f, "{}", self.0 / 2),
            _ => write!(f, "{}.5", self.0 / 2),
        }
    }
}

impl<DB> diesel::deserialize::FromSql<diesel::sql_types::Integer, DB> for Rating
where
    DB: diesel::backend::Backend,
    i32: diesel::deserialize::FromSql<diesel::sql_types::Integer, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
        let number = i32::from_sql(bytes)?;
        Self::new(number).ok_or_else(|| format!("no rating has {number} half stars").into())
    }
}

impl<DB> diesel::serialize::ToSql<diesel::sql_types::Integer, DB> for Rating
where
    DB: diesel::backend::Backend,
    i32: diesel::serialize::ToSql<diesel::sql_types::Integer, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
        self.0.to_sql(out)
    }
}
