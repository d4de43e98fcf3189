//! SQL functions that Diesel lacks, on both databases.

use diesel::sql_types::{BigInt, Integer, Nullable, Timestamp};

diesel::define_sql_function! {
    #[sql_name = "coalesce"]
    fn moment_or(moment: Nullable<Timestamp>, other: Timestamp) -> Timestamp;
}

diesel::define_sql_function! {
    #[sql_name = "coalesce"]
    fn position_or(position: Nullable<Integer>, other: Integer) -> Integer;
}

diesel::define_sql_function! {
    #[sql_name = "coalesce"]
    fn book_or(book: Nullable<BigInt>, other: BigInt) -> BigInt;
}
