//! The book beside its runner: the built pages and a small API on loopback.

mod api;
mod guard;
mod keys;
mod pages;

use std::future::Future;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tokio::net::TcpListener;

pub use api::{Answered, Desk, Given, Refusal, RefusalKind};
pub use keys::{Keys, KeysError};
pub use pages::Pages;

use guard::{Entrance, Guard};

/// How long connections may take to end after the stop.
const FAREWELL: Duration = Duration::from_secs(20);

/// The largest request: a quiz's answers are a few hundred bytes.
const LIMIT: usize = 64 * 1024;

struct Site {
    pages: RwLock<Arc<Pages>>,
    guard: Guard,
    desk: Arc<dyn Desk>,
}

/// Serves until `stop` is done, and then until the answers under way are given.
///
/// # Errors
/// What the system says of the listener.
pub async fn serve(
    listener: TcpListener,
    pages: Pages,
    keys: Arc<Keys>,
    desk: Arc<dyn Desk>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let guard = Guard::new(listener.local_addr()?.port(), keys);
    let pages = RwLock::new(Arc::new(pages));
    let site = Arc::new(Site { pages, guard, desk });
    let app = Router::new()
        .route("/api/labs/{lab}", get(api::state))
        .route("/api/labs/{lab}/check", post(api::check))
        .route("/api/labs/{lab}/quiz", post(api::quiz))
        .fallback(page)
        .layer(DefaultBodyLimit::max(LIMIT))
        .layer(from_fn_with_state(Arc::clone(&site), guarded))
        .with_state(site);
    let (stopping, mut stopped) = tokio::sync::watch::channel(());
    let server = axum::serve(listener, app).with_graceful_shutdown(async move {
        stop.await;
        drop(stopping);
    });
    tokio::select! {
        done = server => done,
        // A reader that takes nothing must not keep the program from ending.
        () = async {
            let _ = stopped.changed().await;
            tokio::time::sleep(FAREWELL).await;
        } => Ok(()),
    }
}

impl Site {
    fn pages(&self) -> Arc<Pages> {
        Arc::clone(&self.pages.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Blocks while pages are made anew.
    fn renew(&self) {
        if let Some(new) = self.desk.renewed() {
            let mut pages = self.pages.write().unwrap_or_else(PoisonError::into_inner);
            *pages = Arc::new(new);
        }
    }
}

/// What every answer carries. No header lets another site read anything.
const HEADERS: [(&str, &str); 5] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("content-security-policy", POLICY),
];

/// Scripts are files of the book and nothing else: mdBook's inline ones are
/// moved out (`pages.rs`). Attributes of style stay, since its scripts set them.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     style-src-attr 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
     frame-src 'self'; frame-ancestors 'self'; base-uri 'self'; form-action 'self'";

async fn guarded(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let mut answer = match site.guard.judge(&request) {
        Err(refused) => (StatusCode::FORBIDDEN, refused.to_string()).into_response(),
        Ok(Entrance::Known) => next.run(request).await,
        Ok(Entrance::New { cookie }) => {
            // On to the same page without the key, which would stay in the
            // history; only a page of ours, never an address of the request's.
            let path = request.uri().path();
            let to = site.pages().get(path).map_or("/", |_| path);
            let headers = [
                (header::LOCATION, to),
                (header::SET_COOKIE, cookie.as_str()),
            ];
            (StatusCode::SEE_OTHER, headers).into_response()
        }
    };
    let headers = answer.headers_mut();
    for (name, value) in HEADERS {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    answer
}

async fn page(State(site): State<Arc<Site>>, request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let path = request.uri().path();
    if path.ends_with('/') || path.ends_with(".html") {
        let site = Arc::clone(&site);
        // The old pages do if this fails.
        let _ = tokio::task::spawn_blocking(move || site.renew()).await;
    }
    let pages = site.pages();
    let (status, page) = match pages.get(path) {
        Some(page) => (StatusCode::OK, Some(page)),
        None => (StatusCode::NOT_FOUND, pages.get("/404.html")),
    };
    let Some(page) = page else {
        return status.into_response();
    };
    let mut answer = (status, Body::from(page.bytes.clone())).into_response();
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(page.kind));
    if page.kind == pages::SVG {
        // A picture has its own styles and needs nothing else.
        let policy = HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'");
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    if page.lasting {
        let policy = HeaderValue::from_static("private, max-age=86400, immutable");
        headers.insert(header::CACHE_CONTROL, policy);
    }
    answer
}
