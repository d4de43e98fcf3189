pub mod bookmarks;
pub mod books;
pub mod content_warnings;
