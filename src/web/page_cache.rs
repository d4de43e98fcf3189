//! Cache of thread pages: the posts of a page as read from the database, for everybody but moderators, and the page
//! that visitors see, rendered and compressed once. An entry is valid for one version of the club, thread and book.
//! Versions are stored in the database, so that several instances agree. Visitors whose browser has the page get a 304.

use crate::db::{Moment, ThreadId};
use actix_web::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, ETAG, IF_NONE_MATCH, VARY};
use actix_web::{HttpRequest, HttpResponse, web::Bytes};
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use std::any::Any;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

/// Approximate size of each of the two caches, in bytes.
const CAPACITY: u64 = 8 * 1024 * 1024;

/// Approximate memory of a post, in bytes.
const POST: u64 = 2048;

pub type PageKey = (ThreadId, i32);

/// The versions that a page was made from, and the minute, because pages show the next meeting and pins expire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageVersion {
    club: i64,
    thread: i64,
    book: i64,
    minute: i64,
}

impl PageVersion {
    pub fn new(club: i64, thread: i64, book: i64, now: Moment) -> Self {
        Self { club, thread, book, minute: now.micros().div_euclid(60_000_000) }
    }
}

/// When an entry was last compared with the database: the number of this process's writes, and the time.
#[derive(Clone, Copy)]
pub struct Validated {
    generation: u64,
    at: Instant,
}

/// How long visitors may get a page that another instance has changed. This instance's own changes show at once.
const MAX_STALENESS: Duration = Duration::from_secs(1);

impl Validated {
    /// A check that starts now, after this many writes.
    pub fn now(generation: u64) -> Self {
        Self { generation, at: Instant::now() }
    }

    fn is_valid(self, generation: u64) -> bool {
        self.generation == generation && self.at.elapsed() < MAX_STALENESS
    }
}

/// A page as visitors see it.
pub struct Rendered {
    stamp: PageVersion,
    slug: String,
    etag: String,
    checked: Mutex<Validated>,
    plain: Bytes,
    gzip: OnceLock<Bytes>,
    brotli: OnceLock<Bytes>,
}

#[derive(Clone)]
struct ByBytes;

impl Weighter<PageKey, Arc<Rendered>> for ByBytes {
    fn weight(&self, _: &PageKey, page: &Arc<Rendered>) -> u64 {
        // The two compressed copies have about a fifth of the size each.
        (page.plain.len() + page.plain.len() / 2) as u64
    }
}

/// What a page was read as, in the type that the page has for it.
#[derive(Clone)]
struct Content {
    stamp: PageVersion,
    posts: usize,
    content: Arc<dyn Any + Send + Sync>,
}

impl Weighter<PageKey, Content> for ByBytes {
    fn weight(&self, _: &PageKey, shown: &Content) -> u64 {
        (shown.posts as u64 + 1) * POST
    }
}

pub struct PageCache {
    rendered: Cache<PageKey, Arc<Rendered>, ByBytes>,
    shown: Cache<PageKey, Content, ByBytes>,
}

impl Default for PageCache {
    fn default() -> Self {
        Self {
            rendered: Cache::with_weighter(200, CAPACITY, ByBytes),
            shown: Cache::with_weighter(200, CAPACITY, ByBytes),
        }
    }
}

impl PageCache {
    /// The visitors' page, if it was checked within [`MAX_STALENESS`] and this process has written nothing since.
    pub fn find_fresh(&self, place: PageKey, slug: &str, generation: u64) -> Option<Arc<Rendered>> {
        let is_fresh = |kept: &Rendered| kept.checked.lock().is_ok_and(|checked| checked.is_valid(generation));
        self.rendered.get(&place).filter(|kept| kept.slug == slug && is_fresh(kept))
    }

    /// The visitors' page in this version and with this slug. It counts as checked from now on.
    pub fn rendered(
        &self,
        place: PageKey,
        slug: &str,
        stamp: PageVersion,
        checked: Validated,
    ) -> Option<Arc<Rendered>> {
        let kept = self.rendered.get(&place).filter(|kept| kept.stamp == stamp && kept.slug == slug)?;
        if let Ok(mut last) = kept.checked.lock() {
            *last = checked;
        }
        Some(kept)
    }

    pub fn store_rendered(
        &self,
        place: PageKey,
        slug: &str,
        stamp: PageVersion,
        checked: Validated,
        html: String,
    ) -> Arc<Rendered> {
        let mut hasher = DefaultHasher::new();
        html.hash(&mut hasher);
        let kept = Arc::new(Rendered {
            stamp,
            slug: slug.to_owned(),
            etag: format!("W/\"{:016x}\"", hasher.finish()),
            checked: Mutex::new(checked),
            // A boxed str has no spare capacity.
            plain: Bytes::from(html.into_boxed_str().into_boxed_bytes()),
            gzip: OnceLock::new(),
            brotli: OnceLock::new(),
        });
        self.rendered.insert(place, kept.clone());
        kept
    }

    /// The posts of a page in this version, without hidden posts: not for moderators.
    pub fn shown<T: Any + Send + Sync>(&self, place: PageKey, stamp: PageVersion) -> Option<Arc<T>> {
        self.shown.get(&place).filter(|kept| kept.stamp == stamp)?.content.downcast().ok()
    }

    /// Stores what [`PageCache::shown`] returns. `posts` is the number of posts, for the cache's size.
    pub fn store_posts<T: Any + Send + Sync>(&self, place: PageKey, stamp: PageVersion, posts: usize, content: Arc<T>) {
        self.shown.insert(place, Content { stamp, posts, content });
    }
}

impl Rendered {
    /// The response for a visitor: 304 if the browser has this version, otherwise the page, compressed if the browser
    /// accepts it.
    pub fn respond(&self, request: &HttpRequest) -> HttpResponse {
        let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let is_known = header(IF_NONE_MATCH).split(',').any(|tag| tag.trim() == self.etag);
        let mut response = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
        response.insert_header((ETAG, self.etag.as_str()));
        response.insert_header((CACHE_CONTROL, "no-cache"));
        response.insert_header((VARY, "cookie, accept-encoding"));
        if is_known {
            return response.finish();
        }
        response.content_type("text/html; charset=utf-8");
        let accepted = header(ACCEPT_ENCODING);
        if accepts(accepted, "br") {
            response.insert_header((CONTENT_ENCODING, "br"));
            return response.body(self.brotli.get_or_init(|| brotli(&self.plain)).clone());
        }
        if accepts(accepted, "gzip") {
            response.insert_header((CONTENT_ENCODING, "gzip"));
            return response.body(self.gzip.get_or_init(|| gzip(&self.plain)).clone());
        }
        response.body(self.plain.clone())
    }
}

/// Whether an `Accept-Encoding` header accepts this coding by name (RFC 9110, 12.5.3).
fn accepts(header: &str, coding: &str) -> bool {
    header.split(',').any(|part| {
        let (name, weight) = part.split_once(';').unwrap_or((part, ""));
        let refused = weight.trim().strip_prefix("q=").is_some_and(|q| q.trim_matches(['0', '.']).is_empty());
        name.trim().eq_ignore_ascii_case(coding) && !refused
    })
}

fn gzip(plain: &[u8]) -> Bytes {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    // Writing to memory can't fail.
    let _ = encoder.write_all(plain);
    encoder.finish().unwrap_or_default().into()
}

fn brotli(plain: &[u8]) -> Bytes {
    let mut out = Vec::new();
    {
        let mut encoder = brotli::CompressorWriter::new(&mut out, 4096, 5, 20);
        let _ = encoder.write_all(plain);
    }
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, TimeDelta};

    #[test]
    fn a_page_is_valid_for_a_minute() {
        let at =
            |seconds| PageVersion::new(1, 1, 1, Moment::from(DateTime::UNIX_EPOCH).after(TimeDelta::seconds(seconds)));
        assert_eq!(at(120), at(179));
        assert_ne!(at(179), at(180));
    }

    #[test]
    fn accept_encoding_is_respected() {
        assert!(accepts("gzip, deflate, br", "br"));
        assert!(accepts("gzip;q=0.5", "gzip"));
        assert!(!accepts("gzip;q=0", "gzip"));
        assert!(!accepts("", "gzip"));
    }
}
