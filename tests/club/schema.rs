//! The schema: the same on both databases and in `src/db/schema.rs`, with an index for each foreign key.

use crate::harness::Club;
use chapterhouse::db::{Conn, DatabaseUrl, Driver, migrate, pending_migrations};
use chapterhouse::error::Error;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Text;
use std::collections::BTreeSet;

/// A column, an index or a foreign key. Types aren't compared: the databases name them differently on purpose.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, QueryableByName)]
struct Part {
    #[diesel(sql_type = Text)]
    table: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    detail: String,
}

#[derive(Debug)]
struct Schema {
    columns: BTreeSet<Part>,
    indexes: BTreeSet<Part>,
    foreign_keys: BTreeSet<Part>,
}

impl Schema {
    fn of(club: &Club) -> Self {
        let mut conn = club.app.settings.database.connect().unwrap();
        let [columns, indexes, foreign_keys] = match conn.driver() {
            Driver::Sqlite(_) => SQLITE,
            Driver::Postgres(_) => POSTGRES,
        };
        let mut read = |query: &str| -> BTreeSet<Part> {
            let parts: Vec<Part> = sql_query(query).load(&mut conn).unwrap();
            parts.into_iter().filter(|part| part.table != "__diesel_schema_migrations").collect()
        };
        Self { columns: read(columns), indexes: read(indexes), foreign_keys: read(foreign_keys) }
    }
}

const SQLITE: [&str; 3] = [
    r#"SELECT t.name AS "table", c.name, CASE WHEN c."notnull" THEN 'not null' ELSE 'null' END AS detail
       FROM sqlite_schema AS t, pragma_table_xinfo(t.name) AS c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%'"#,
    r#"SELECT t.name AS "table", i.name, CASE WHEN i."unique" THEN 'unique ' ELSE '' END
           || (SELECT group_concat(c.name, ', ' ORDER BY c.seqno) FROM pragma_index_info(i.name) AS c)
           || CASE WHEN i.partial THEN ' of some rows' ELSE '' END AS detail
       FROM sqlite_schema AS t, pragma_index_list(t.name) AS i WHERE t.type = 'table' AND i.origin = 'c'"#,
    r#"SELECT t.name AS "table", f."from" AS name, f."table" || CASE
           WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo(t.name) AS c WHERE c.name = f."from" AND c.pk = 1)
               OR EXISTS (SELECT 1 FROM pragma_index_list(t.name) AS i, pragma_index_info(i.name) AS c
                   WHERE c.seqno = 0 AND c.name = f."from" AND (NOT i.partial OR (SELECT sql FROM sqlite_schema AS s
                       WHERE s.name = i.name) LIKE '%WHERE ' || f."from" || ' IS NOT NULL'))
           THEN ' indexed' ELSE '' END AS detail
       FROM sqlite_schema AS t, pragma_foreign_key_list(t.name) AS f WHERE t.type = 'table'"#,
];

const POSTGRES: [&str; 3] = [
    r#"SELECT table_name::text AS "table", column_name::text AS name,
           CASE is_nullable WHEN 'NO' THEN 'not null' ELSE 'null' END AS detail
       FROM information_schema.columns WHERE table_schema = 'public'"#,
    r#"SELECT i.indrelid::regclass::text AS "table", i.indexrelid::regclass::text AS name,
           CASE WHEN i.indisunique THEN 'unique ' ELSE '' END
           || (SELECT string_agg(pg_get_indexdef(i.indexrelid, n, true), ', ' ORDER BY n)
               FROM generate_series(1, i.indnatts) AS n)
           || CASE WHEN i.indpred IS NOT NULL THEN ' of some rows' ELSE '' END AS detail
       FROM pg_index AS i JOIN pg_class AS t ON t.oid = i.indrelid AND t.relnamespace = 'public'::regnamespace
       WHERE NOT EXISTS (SELECT 1 FROM pg_constraint AS c WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u'))"#,
    r#"SELECT f.conrelid::regclass::text AS "table", a.attname::text AS name, f.confrelid::regclass::text || CASE
           WHEN EXISTS (SELECT 1 FROM pg_index AS i WHERE i.indrelid = f.conrelid AND i.indkey[0] = a.attnum
               AND (i.indpred IS NULL OR pg_get_expr(i.indpred, i.indrelid) = '(' || a.attname || ' IS NOT NULL)'))
           THEN ' indexed' ELSE '' END AS detail
       FROM pg_constraint AS f JOIN pg_attribute AS a ON a.attrelid = f.conrelid AND a.attnum = f.conkey[1]
       WHERE f.contype = 'f' AND f.connamespace = 'public'::regnamespace"#,
];

/// The columns in `src/db/schema.rs`.
fn columns_in_source() -> BTreeSet<Part> {
    let source = include_str!("../../src/db/schema.rs");
    let mut columns = BTreeSet::new();
    for body in source.split("diesel::table! {").skip(1) {
        let (table, body) = body.split_once(") {").unwrap();
        let table = table.split_whitespace().next().unwrap();
        for line in body.split('}').next().unwrap().lines().filter(|line| line.contains("->")) {
            let (name, kind) = line.trim().trim_end_matches(',').split_once(" -> ").unwrap();
            // A generated column can't be declared NOT NULL on both databases, but is never null.
            let is_nullable = kind.starts_with("Nullable") || name == "unlocked_position";
            let detail = if is_nullable { "null" } else { "not null" };
            columns.insert(Part { table: table.into(), name: name.into(), detail: detail.into() });
        }
    }
    columns
}

#[track_caller]
fn assert_same(one: &BTreeSet<Part>, other: &BTreeSet<Part>) {
    let differing: Vec<_> = one.symmetric_difference(other).collect();
    assert!(one.len() > 20 && differing.is_empty(), "{differing:#?}");
}

#[actix_web::test]
async fn both_databases_have_the_same_schema() {
    let sqlite = Schema::of(&Club::on_sqlite().await);
    let postgres = Schema::of(&Club::on_postgres().await);
    assert_same(&sqlite.columns, &postgres.columns);
    assert_same(&sqlite.columns, &columns_in_source());
    assert_same(&sqlite.indexes, &postgres.indexes);
    assert_same(&sqlite.foreign_keys, &postgres.foreign_keys);
    let without_index: Vec<_> = sqlite.foreign_keys.iter().filter(|key| !key.detail.ends_with(" indexed")).collect();
    assert!(without_index.is_empty(), "{without_index:#?}");
}

#[actix_web::test]
async fn postgres_reports_errors_in_english() {
    let club = Club::on_postgres().await;
    let database = &club.app.settings.database;
    let (DatabaseUrl::Postgres(url) | DatabaseUrl::Sqlite(url)) = database;
    let name = url.rsplit('/').next().unwrap();
    let mut conn = database.connect().unwrap();
    conn.batch_execute(&format!("ALTER DATABASE {name} SET lc_messages = 'POSIX'")).unwrap();
    let mut conn = database.connect().unwrap();
    let language = diesel::dsl::sql::<Text>("current_setting('lc_messages')");
    assert_eq!(diesel::select(language).get_result(&mut conn), Ok("C".to_owned()));
}

crate::stories! {
    async fn a_database_of_a_development_version_is_refused(club: Club) {
        let database = &club.app.settings.database;
        let mut conn: Conn = database.connect().unwrap();
        conn.batch_execute("UPDATE __diesel_schema_migrations SET version = '00000000000001'").unwrap();
        for outcome in [migrate(database).map(|()| 0), pending_migrations(&mut conn)] {
            let Err(Error::Refused(problems)) = outcome else { panic!("{outcome:?}") };
            assert!(problems.on("database").unwrap().starts_with("This database was made by a development version"));
        }
    }
}
