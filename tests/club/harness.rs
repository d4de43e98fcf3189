//! A fresh club for each story, and the people in it. A person has a browser without scripts, which stores cookies,
//! follows links and submits the forms on a page.

use crate::query_counter;
use actix_http::Request;
use actix_web::body::MessageBody;
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderMap;
use actix_web::{test, web};
use chapterhouse::app::{self, AppState};
use chapterhouse::config::{Flags, Limits, PasswordCost, Settings};
use chapterhouse::db::{Conn, DatabaseUrl, migrate};
use chapterhouse::domain::accounts::new_members::{self, NewMember};
use chapterhouse::domain::accounts::sessions::{self, Browser};
use chapterhouse::domain::core::members::{self, Role};
use chapterhouse::domain::core::names::{EmailAddress, Handle};
use chapterhouse::domain::core::passwords::{Hasher, Password};
use diesel::connection::SimpleConnection;
use scraper::{ElementRef, Html, Selector};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// Runs each story on SQLite and on PostgreSQL.
#[macro_export]
macro_rules! stories {
    ($($(#[$note:meta])* async fn $name:ident($club:ident: Club) $body:block)*) => {$(
        $(#[$note])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;
            async fn story($club: $crate::harness::Club) $body
            #[actix_web::test]
            async fn on_sqlite() { story($crate::harness::Club::on_sqlite().await).await }
            #[actix_web::test]
            async fn on_postgres() { story($crate::harness::Club::on_postgres().await).await }
        }
    )*};
}

type PageFuture = Pin<Box<dyn Future<Output = Page>>>;

/// A running club with its own database.
pub struct Club {
    /// The server's state.
    pub app: web::Data<AppState>,
    serve: Rc<dyn Fn(Request) -> PageFuture>,
    /// Deleted with the club.
    data: Rc<TestData>,
}

struct TestData {
    folder: tempfile::TempDir,
    database: DatabaseUrl,
}

impl Club {
    /// An empty club on SQLite.
    pub async fn on_sqlite() -> Self {
        Self::open(TestData::on_sqlite(), true).await
    }

    /// A second instance of the program on the same database.
    pub async fn second_instance(&self) -> Self {
        Self::with(self.data.clone(), self.app.settings.clone(), true).await
    }

    /// Number of statements sent to the club's database so far.
    pub fn query_count(&self) -> u64 {
        query_counter::of(&self.app.settings.database)
    }

    /// An empty club on PostgreSQL. `tests/run` starts the server.
    pub async fn on_postgres() -> Self {
        Self::open(TestData::on_postgres(), true).await
    }

    /// A club with the sample content of the starter club, on SQLite.
    pub async fn starter() -> Self {
        Self::open(TestData::on_sqlite(), false).await
    }

    async fn open(data: TestData, empty: bool) -> Self {
        let flags = Flags { data: Some(data.folder.path().to_owned()), ..Flags::default() };
        let mut settings = Settings::load(&flags).unwrap();
        settings.database = data.database.clone();
        settings.address = "http://localhost".to_owned();
        // Cheap hashing keeps stories fast. The real cost has a test of its own.
        settings.passwords = PasswordCost { memory: 64, passes: 1 };
        settings.min_join_seconds = 0;
        settings.limits = Limits { sign_in: 0, join: 0, post: 0, thread: 0 };
        Self::with(Rc::new(data), settings, empty).await
    }

    /// Restarts the club with other settings.
    pub async fn with_settings(self, change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = self.app.settings.clone();
        change(&mut settings);
        Self::with(self.data, settings, true).await
    }

    async fn with(data: Rc<TestData>, settings: Settings, empty: bool) -> Self {
        query_counter::begin();
        let app = web::Data::new(AppState::open(settings, empty).unwrap());
        let service = Rc::new(test::init_service(app::server(app.clone())).await);
        let serve = move |request: Request| -> PageFuture {
            let service = service.clone();
            Box::pin(async move {
                let response = match test::try_call_service(&*service, request).await {
                    Ok(response) => response.map_into_boxed_body(),
                    Err(error) => panic!("a request was not answered: {error}"),
                };
                let path = response.request().uri().to_string();
                let (status, headers) = (response.status(), response.headers().clone());
                let body = response.into_body().try_into_bytes();
                let body = match body {
                    Ok(bytes) => bytes,
                    Err(body) => actix_web::body::to_bytes(body).await.unwrap(),
                };
                let text = String::from_utf8_lossy(&body).into_owned();
                Page { path, status, headers, body: text, bytes: body.to_vec() }
            })
        };
        Self { app, serve: Rc::new(serve), data }
    }

    pub fn visitor(&self) -> Person {
        Person { serve: self.serve.clone(), cookies: RefCell::default() }
    }

    /// A signed-in member. Signing in through the page has stories of its own.
    pub async fn member(&self, handle: &str, role: Role) -> Person {
        self.account(handle, role).await;
        let name = handle.to_owned();
        let token = self.write(move |conn| {
            let member = members::get_by_handle(conn, &name)?;
            sessions::create(conn, member.id, &Browser::default())
        });
        let token = token.await;
        let person = self.visitor();
        person.cookies.borrow_mut().insert("session".to_owned(), token.0);
        person
    }

    /// Creates an account without signing in.
    pub async fn account(&self, handle: &str, role: Role) {
        let hasher: &Hasher = &self.app.hasher;
        let new = NewMember {
            handle: Handle::parse(handle).unwrap(),
            email: EmailAddress::parse(&format!("{handle}@club.example")).unwrap(),
            password_hash: hasher.hash(Password::parse(PASSWORD, "", "").unwrap()).await.unwrap(),
        };
        self.write(move |conn| new_members::create(conn, &new, role)).await;
    }

    /// Writes to the database directly, to set up a story.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Conn) -> chapterhouse::error::Result<T> + Send + 'static,
    ) -> T {
        self.app.db.write(work).await.unwrap()
    }
}

pub const PASSWORD: &str = "seven grey herons";

/// Each story begins with a copy of an empty club, which is faster than running the migrations.
impl TestData {
    fn on_sqlite() -> Self {
        static EMPTY: LazyLock<Vec<u8>> = LazyLock::new(|| {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("club.db");
            migrate(&DatabaseUrl::Sqlite(file.display().to_string())).unwrap();
            std::fs::read(file).unwrap()
        });
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("club.db");
        std::fs::write(&file, &*EMPTY).unwrap();
        Self { folder, database: DatabaseUrl::Sqlite(file.display().to_string()) }
    }

    fn on_postgres() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        static EMPTY: LazyLock<String> = LazyLock::new(|| {
            let name = format!("club_{}_empty", std::process::id());
            on_server(&format!("CREATE DATABASE {name}")).unwrap();
            migrate(&DatabaseUrl::Postgres(format!("{}/{name}", server()))).unwrap();
            name
        });
        let name = format!("club_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        on_server(&format!("CREATE DATABASE {name} TEMPLATE {} STRATEGY FILE_COPY", *EMPTY)).unwrap();
        Self { folder: tempfile::tempdir().unwrap(), database: DatabaseUrl::Postgres(format!("{}/{name}", server())) }
    }
}

impl Drop for TestData {
    fn drop(&mut self) {
        if let DatabaseUrl::Postgres(url) = &self.database {
            let name = url.rsplit('/').next().unwrap_or_default();
            // Don't hide the failure of a story behind a failure to drop its database.
            let _ = on_server(&format!("DROP DATABASE {name} WITH (FORCE)"));
        }
    }
}

/// URL of the PostgreSQL server that `tests/run` started.
fn server() -> String {
    std::env::var("CHAPTERHOUSE_TEST_POSTGRES")
        .expect("run the tests with tests/run: it starts a PostgreSQL for them (CHAPTERHOUSE_TEST_POSTGRES)")
}

/// Runs a statement on the server's default database.
fn on_server(statement: &str) -> diesel::QueryResult<()> {
    DatabaseUrl::Postgres(format!("{}/postgres", server())).connect().unwrap().batch_execute(statement)
}

/// A visitor or member with a browser.
pub struct Person {
    serve: Rc<dyn Fn(Request) -> PageFuture>,
    /// Cookies by name.
    pub cookies: RefCell<BTreeMap<String, String>>,
}

impl Person {
    /// A copy of the browser that sends its requests to another instance.
    pub fn at(&self, club: &Club) -> Self {
        Self { serve: club.serve.clone(), cookies: self.cookies.clone() }
    }

    /// Opens a page and follows up to five redirects.
    pub async fn get(&self, path: &str) -> Page {
        let mut page = self.fetch(path).await;
        for _ in 0..5 {
            let Some(to) = page.location() else { break };
            page = self.fetch(&to).await;
        }
        page
    }

    pub async fn fetch(&self, path: &str) -> Page {
        self.send(test::TestRequest::get().uri(path.split('#').next().unwrap())).await
    }

    /// Fills in the form with this action on a page and submits it. Other fields are sent with their present values.
    #[track_caller]
    pub fn submit<'a>(
        &'a self,
        page: &Page,
        action: &str,
        filled: &[(&str, &str)],
    ) -> impl Future<Output = Page> + use<'a> {
        let fields = page.form(action, filled);
        let action = action.to_owned();
        async move { self.post(&action, &fields).await }
    }

    /// Signs in through the page.
    pub async fn sign_in(&self, name: &str, password: &str) -> Page {
        let door = self.get("/sign-in").await;
        self.submit(&door, "/sign-in", &[("handle", name), ("password", password)]).await
    }

    /// Undoes the latest action in the moderation log.
    pub async fn undo_latest(&self) -> Page {
        let undo = self.get("/log").await.link("Undo");
        let form = self.get(&undo).await;
        self.submit(&form, &undo, &[("reason", "thought better")]).await
    }

    /// Posts a form that needn't be on any page.
    pub async fn post(&self, path: &str, fields: &[(String, String)]) -> Page {
        self.send(test::TestRequest::post().uri(path).set_form(fields)).await
    }

    /// Sends a request with the browser's cookies, and stores those of the response.
    pub async fn send(&self, mut request: test::TestRequest) -> Page {
        let cookies: Vec<String> =
            self.cookies.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            request = request.insert_header(("cookie", cookies.join("; ")));
        }
        let page = (self.serve)(request.to_request()).await;
        for set in page.headers.get_all("set-cookie") {
            let (name, value) = set.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            match value {
                "" => self.cookies.borrow_mut().remove(name),
                _ => self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned()),
            };
        }
        page
    }
}

/// A response of the server.
#[derive(Debug)]
pub struct Page {
    /// Path and query of the request.
    pub path: String,
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
    /// The body as it was sent, perhaps compressed.
    pub bytes: Vec<u8>,
}

impl Page {
    pub fn location(&self) -> Option<String> {
        self.headers.get("location").map(|value| value.to_str().unwrap().to_owned())
    }

    /// The texts of the elements that a CSS selector matches, with white space collapsed.
    pub fn texts(&self, css: &str) -> Vec<String> {
        let html = Html::parse_document(&self.body);
        html.select(&Selector::parse(css).unwrap()).map(text).collect()
    }

    /// An attribute of the elements that a CSS selector matches.
    pub fn attributes(&self, css: &str, name: &str) -> Vec<String> {
        let html = Html::parse_document(&self.body);
        let selector = Selector::parse(css).unwrap();
        let found = html.select(&selector).map(|element| element.attr(name).map(str::to_owned));
        found.flatten().collect()
    }

    /// The `href` of the first link that contains this text.
    #[track_caller]
    pub fn link(&self, words: &str) -> String {
        let html = Html::parse_document(&self.body);
        let link = html.select(&Selector::parse("a[href]").unwrap()).find(|link| text(*link).contains(words));
        let Some(link) = link else { panic!("no link says {words:?} on {}:\n{}", self.path, self.body) };
        link.attr("href").unwrap().to_owned()
    }

    /// The fields that a browser would submit: the form's own, overridden by `filled`.
    #[track_caller]
    pub fn form(&self, action: &str, filled: &[(&str, &str)]) -> Vec<(String, String)> {
        let html = Html::parse_document(&self.body);
        let css = format!("form[action='{action}']");
        let Some(form) = html.select(&Selector::parse(&css).unwrap()).next() else {
            panic!("no form goes to {action} on {} ({}):\n{}", self.path, self.status, self.body)
        };
        let mut fields: Vec<(String, String)> = Vec::new();
        for field in form.select(&Selector::parse("input[name], textarea[name], select[name]").unwrap()) {
            let name = field.attr("name").unwrap().to_owned();
            let on = !matches!(field.attr("type"), Some("radio" | "checkbox")) || field.attr("checked").is_some();
            if on && !filled.iter().any(|(known, _)| *known == name) {
                fields.push((name, value(field)));
            }
        }
        fields.extend(filled.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        fields
    }

    /// Asserts that the page shows this text.
    #[track_caller]
    pub fn says(&self, words: &str) -> &Self {
        let seen = self.texts("body").join(" ");
        assert!(seen.contains(words), "{} ({}) does not say {words:?}, but:\n{seen}", self.path, self.status);
        self
    }

    /// Asserts that this text is nowhere in the body or the headers.
    #[track_caller]
    pub fn lacks(&self, words: &str) -> &Self {
        let headers = format!("{:?}", self.headers);
        let found = self.body.contains(words) || headers.contains(words);
        assert!(!found, "{} has {words:?} in its bytes:\n{}", self.path, self.body);
        self
    }

    #[track_caller]
    pub fn expect(&self, status: u16) -> &Self {
        assert_eq!(self.status.as_u16(), status, "{}:\n{}", self.path, self.body);
        self
    }

    /// Asserts a redirect after a form (303) and returns its target.
    #[track_caller]
    pub fn expect_redirect(&self) -> String {
        self.expect(303);
        self.location().unwrap()
    }
}

fn text(element: ElementRef<'_>) -> String {
    element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn value(field: ElementRef<'_>) -> String {
    match field.value().name() {
        "textarea" => field.text().collect(),
        "select" => {
            let option = |css| field.select(&Selector::parse(css).unwrap()).next();
            let chosen = option("option[selected]").or_else(|| option("option"));
            chosen.and_then(|option| option.attr("value")).unwrap_or_default().to_owned()
        }
        _ => field.attr("value").unwrap_or("on").to_owned(),
    }
}
