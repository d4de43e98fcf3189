//! SQL functions that Diesel lacks, on both databases.

use diesel::sql_types::{BigInt, Integer, Nullable, Timestamp};

diesel::define_sql_function! {
    #[sql_name = "coalesce"]
    fn coalesce_timestamp(moment: Nullable<Timestamp>, other: Timestamp) -> Timestamp;
}

diesel::define_sql_function! {
    #[sql_name = "coalesce"]
    fn coalesce_integer(position: Nullable<Integer>, other: Integer) -> Integer;
}

diesel::define_sql_function! {
    #[sql_name = "coalesce"]
    fn coalesce_bigint(book: Nullable<BigInt>, other: BigInt) -> BigInt;
}
