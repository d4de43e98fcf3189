//! Fast paths for ids in templates: digits need no escaping and no formatter. A page of posts has hundreds.

use crate::db::{BookId, MeetingId, PostId, PresetReasonId, SessionId, SourceId, ThreadId, UploadId};
use askama::filters::HtmlSafe;
use askama::{FastWritable, Values};
use std::fmt::Write;

macro_rules! digits {
    ($($id:ty),*) => {$(
        impl HtmlSafe for $id {}
        impl FastWritable for $id {
            fn write_into(&self, page: &mut dyn Write, values: &dyn Values) -> askama::Result<()> {
                self.0.write_into(page, values)
            }
        }
    )*};
}

digits!(BookId, MeetingId, PostId, PresetReasonId, SessionId, SourceId, ThreadId, UploadId);
