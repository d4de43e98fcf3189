//! Reads a file upload: the one form that isn't URL-encoded.

use crate::domain::site::uploads::file_error;
use crate::error::{Error, Result};
use crate::import::MAX_BYTES;
use crate::text;
use crate::web::forms::{self, EmptyForm, Form};
use actix_multipart::{Field, Multipart};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web::Bytes};
use futures_util::StreamExt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

/// How long an upload may take.
const TIMEOUT: Duration = Duration::from_secs(120);

/// The most fields that are read. Our form has two.
const MAX_FIELDS: usize = 8;

/// An uploaded file, from a form with a valid token.
pub struct Upload {
    /// The file's name, without folders.
    pub file: String,
    pub bytes: Bytes,
}

impl FromRequest for Upload {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if !forms::is_upload(request) {
            // The same form from a browser that can't send files.
            let form = Form::<EmptyForm>::from_request(request, payload);
            return Box::pin(async move { form.await.map(|_| Self { file: String::new(), bytes: Bytes::new() }) });
        }
        let request = request.clone();
        let multipart = Multipart::from_request(&request, payload);
        Box::pin(async move {
            let multipart = multipart.await.map_err(|_| forms::invalid_form())?;
            let read = tokio::time::timeout(TIMEOUT, read(multipart)).await.map_err(|_| forms::form_timed_out())?;
            let (token, upload) = read?;
            forms::check_token(&request, &token)?;
            Ok(upload)
        })
    }
}

async fn read(mut multipart: Multipart) -> Result<(String, Upload)> {
    let mut token = String::new();
    let mut upload = Upload { file: String::new(), bytes: Bytes::new() };
    for _ in 0..MAX_FIELDS {
        let Some(field) = multipart.next().await else { return Ok((token, upload)) };
        let mut field = field.map_err(|_| forms::invalid_form())?;
        match field.name() {
            Some("file") => {
                upload.file = file_name(&field);
                upload.bytes = bytes(&mut field, MAX_BYTES).await?;
            }
            Some("token") => token = String::from_utf8_lossy(&bytes(&mut field, 200).await?).into_owned(),
            _ => drop(bytes(&mut field, 200).await?),
        }
    }
    Err(forms::invalid_form())
}

async fn bytes(field: &mut Field, most: usize) -> Result<Bytes> {
    match field.bytes(most).await {
        Ok(bytes) => bytes.map_err(|_| forms::invalid_form()),
        Err(_) => Err(Error::TooLong),
    }
}

/// The file's name as the browser gives it, cleaned.
fn file_name(field: &Field) -> String {
    let name = field.content_disposition().and_then(|it| it.get_filename()).unwrap_or_default();
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name = text::clean(name).split_whitespace().collect::<Vec<_>>().join(" ");
    name.chars().take(200).collect()
}

impl Upload {
    /// Refuses an empty or missing file.
    pub fn require_file(&self) -> Result<()> {
        if self.bytes.is_empty() { Err(file_error("Please choose a file that isn’t empty.")) } else { Ok(()) }
    }
}
