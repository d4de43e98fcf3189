//! Erases the type of each statement. Diesel compiles the code that prepares, binds and runs a statement anew for each
//! statement type and database; with the type erased, it is compiled once. Only walking the statement's AST, which
//! writes its SQL and collects its values, still depends on the type.

use crate::db::conn::{Conn, Driver, MultiBackend};
use diesel::connection::{
    CacheSize, Connection, ConnectionSealed, Instrumentation, LoadConnection, SimpleConnection, TransactionManager,
    TransactionManagerStatus,
};
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::{ConnectionResult, QueryResult};
use diesel::sql_types::Untyped;

/// Object-safe access to the AST of a statement.
trait Statement {
    fn walk<'b>(&'b self, pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()>;
}

impl<T: QueryFragment<MultiBackend>> Statement for T {
    fn walk<'b>(&'b self, pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        self.walk_ast(pass)
    }
}

/// A statement without its type. The cache of prepared statements looks it up by its SQL.
enum Erased<'a> {
    Borrowed(&'a dyn Statement),
    Owned(Box<dyn Statement + 'a>),
}

impl QueryFragment<MultiBackend> for Erased<'_> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        match self {
            Self::Borrowed(statement) => statement.walk(pass),
            Self::Owned(statement) => statement.walk(pass),
        }
    }
}

impl QueryId for Erased<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Erased<'_> {
    type SqlType = Untyped;
}

impl SimpleConnection for Conn {
    fn batch_execute(&mut self, query: &str) -> QueryResult<()> {
        self.driver().batch_execute(query)
    }
}

impl ConnectionSealed for Conn {}

impl Connection for Conn {
    type Backend = MultiBackend;
    type TransactionManager = Self;

    fn establish(database_url: &str) -> ConnectionResult<Self> {
        Driver::establish(database_url).map(Self::from)
    }

    fn execute_returning_count<T: QueryFragment<MultiBackend> + QueryId>(&mut self, source: &T) -> QueryResult<usize> {
        self.driver().execute_returning_count(&Erased::Borrowed(source))
    }

    fn transaction_state(&mut self) -> &mut Self {
        self
    }

    fn instrumentation(&mut self) -> &mut dyn Instrumentation {
        self.driver().instrumentation()
    }

    fn set_instrumentation(&mut self, instrumentation: impl Instrumentation) {
        self.driver().set_instrumentation(instrumentation);
    }

    fn set_prepared_statement_cache_size(&mut self, size: CacheSize) {
        self.driver().set_prepared_statement_cache_size(size);
    }
}

impl LoadConnection for Conn {
    type Cursor<'conn, 'query> = <Driver as LoadConnection>::Cursor<'conn, 'query>;
    type Row<'conn, 'query> = <Driver as LoadConnection>::Row<'conn, 'query>;

    fn load<'conn, 'query, T>(&'conn mut self, source: T) -> QueryResult<Self::Cursor<'conn, 'query>>
    where
        T: Query + QueryFragment<MultiBackend> + QueryId + 'query,
    {
        self.driver().load(Erased::Owned(Box::new(source)))
    }
}

impl TransactionManager<Conn> for Conn {
    type TransactionStateData = Self;

    fn begin_transaction(conn: &mut Conn) -> QueryResult<()> {
        Driver::begin_transaction(conn.driver())
    }

    fn rollback_transaction(conn: &mut Conn) -> QueryResult<()> {
        Driver::rollback_transaction(conn.driver())
    }

    fn commit_transaction(conn: &mut Conn) -> QueryResult<()> {
        Driver::commit_transaction(conn.driver())
    }

    fn transaction_manager_status_mut(conn: &mut Conn) -> &mut TransactionManagerStatus {
        Driver::transaction_manager_status_mut(conn.driver())
    }
}
