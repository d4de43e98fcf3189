//! Functions of SQL that both databases have and Diesel does not.

use diesel::sql_types::{BigInt, Integer, Nullable, Timestamp};

diesel::define_sql_function! {
    /// The moment, or else the other.
    #[sql_name = "coalesce"]
    fn moment_or(moment: Nullable<Timestamp>, other: Timestamp) -> Timestamp;
}

diesel::define_sql_function! {
    /// The position, or else the other.
    #[sql_name = "coalesce"]
    fn position_or(position: Nullable<Integer>, other: Integer) -> Integer;
}

diesel::define_sql_function! {
    /// The id of a book, or else the other.
    #[sql_name = "coalesce"]
    fn book_or(book: Nullable<BigInt>, other: BigInt) -> BigInt;
}
