//! Who may come in. Every web page that the reader has open can send requests
//! to this computer, so nothing is answered because of where it comes from:
//!
//! * `Host` has to be this server's: a foreign name that was made to point to
//!   127.0.0.1 would otherwise be an origin of its own;
//! * `Origin` and `Sec-Fetch-Site`, where the browser sends them, have to say
//!   that the request is this book's own; what changes something has to say it;
//! * the run's key has to be in a cookie. A cookie and not a header: links,
//!   scripts and pictures carry it too, so that pages need the key like the API,
//!   and no script can read it (`HttpOnly`). What a header would do better, the
//!   other two checks do: another port of this computer is the same site, gets
//!   the cookie sent along, and is refused by its `Origin`.

use std::sync::Arc;

use axum::extract::Request;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, Method, header};

use super::keys::Keys;

/// The parameter of an address that brings a key.
const PARAMETER: &str = "chave";

pub(super) struct Guard {
    hosts: [String; 2],
    cookie: String,
    keys: Arc<Keys>,
}

/// Who comes in.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Entrance {
    /// A browser that has the cookie.
    Known,
    /// One that brings a key and gets the cookie.
    New { cookie: String },
}

/// Why nobody comes in.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refused {
    #[error("Pedido recusado: este não é o endereço do livro.")]
    Host,
    #[error("Pedido recusado: ele veio de outra página, e não do livro.")]
    Foreign,
    #[error("Falta a chave: abra o endereço inteiro que `lab book serve` mostrou no terminal.")]
    Key,
}

impl Guard {
    pub(super) fn new(port: u16, keys: Arc<Keys>) -> Self {
        Self {
            hosts: [format!("127.0.0.1:{port}"), format!("localhost:{port}")],
            // Cookies know no ports: two books at once need two names.
            cookie: format!("lab-livro-{port}"),
            keys,
        }
    }

    pub(super) fn judge(&self, request: &Request) -> Result<Entrance, Refused> {
        let headers = request.headers();
        let host = only(headers, header::HOST.as_str()).ok_or(Refused::Host)?;
        let authority = request.uri().authority().map(Authority::as_str);
        if !self.hosts.iter().any(|h| h == host) || authority.is_some_and(|a| a != host) {
            return Err(Refused::Host);
        }
        if headers.contains_key(header::ORIGIN) {
            let origin = only(headers, header::ORIGIN.as_str());
            if origin.and_then(|o| o.strip_prefix("http://")) != Some(host) {
                return Err(Refused::Foreign);
            }
        } else if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return Err(Refused::Foreign);
        }
        let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
        // `none`: the address was typed, or opened by another program.
        if site.is_some_and(|site| site != b"same-origin" && site != b"none") {
            return Err(Refused::Foreign);
        }
        if self.has_cookie(headers) {
            return Ok(Entrance::Known);
        }
        let query = request.uri().query().unwrap_or_default();
        let key = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == PARAMETER);
        if *request.method() == Method::GET && key.is_some_and(|(_, key)| self.keys.opens(&key)) {
            let (name, key) = (&self.cookie, self.keys.shown());
            let cookie = format!("{name}={key}; Path=/; HttpOnly; SameSite=Strict");
            return Ok(Entrance::New { cookie });
        }
        Err(Refused::Key)
    }

    fn has_cookie(&self, headers: &HeaderMap) -> bool {
        let all = headers.get_all(header::COOKIE);
        all.iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .any(|(name, key)| name == self.cookie && self.keys.is_run(key))
    }
}

/// A header that is there exactly once.
fn only<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let mut all = headers.get_all(name).iter();
    let one = all.next()?.to_str().ok()?;
    all.next().is_none().then_some(one)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    const PORT: u16 = 4321;
    const HOST: (&str, &str) = ("host", "127.0.0.1:4321");

    fn asked(
        keys: &Arc<Keys>,
        method: &str,
        uri: &str,
        headers: &[(&str, &str)],
    ) -> Result<Entrance, Refused> {
        let mut request = Request::builder().method(method).uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Guard::new(PORT, Arc::clone(keys)).judge(&request.body(Body::empty()).unwrap())
    }

    #[test]
    fn only_the_book_itself_comes_in() {
        let keys = Arc::new(Keys::new().unwrap());
        let cookie = format!("outra=1; lab-livro-4321={}", keys.shown());
        let own = ("cookie", cookie.as_str());
        let get = |headers: &[(&str, &str)]| asked(&keys, "GET", "/", headers);
        assert_eq!(get(&[HOST, own]), Ok(Entrance::Known));
        assert_eq!(get(&[("host", "localhost:4321"), own]), Ok(Entrance::Known));
        for host in [
            "mau.example:4321",
            "127.0.0.1",
            "127.0.0.1:80",
            "127.0.0.1:4321.mau",
        ] {
            assert_eq!(get(&[("host", host), own]), Err(Refused::Host), "{host}");
        }
        assert_eq!(get(&[own]), Err(Refused::Host));
        assert_eq!(get(&[HOST, HOST, own]), Err(Refused::Host));
        let absolute = asked(&keys, "GET", "http://mau.example/", &[HOST, own]);
        assert_eq!(absolute, Err(Refused::Host));
        for origin in [
            "null",
            "http://mau.example",
            "http://127.0.0.1:8000",
            "https://127.0.0.1:4321",
        ] {
            let foreign = get(&[HOST, own, ("origin", origin)]);
            assert_eq!(foreign, Err(Refused::Foreign), "{origin}");
        }
        for site in ["cross-site", "same-site"] {
            let foreign = get(&[HOST, own, ("sec-fetch-site", site)]);
            assert_eq!(foreign, Err(Refused::Foreign), "{site}");
        }
        for site in ["same-origin", "none"] {
            let same = get(&[HOST, own, ("sec-fetch-site", site)]);
            assert_eq!(same, Ok(Entrance::Known), "{site}");
        }
    }

    #[test]
    fn what_changes_something_says_where_it_comes_from() {
        let keys = Arc::new(Keys::new().unwrap());
        let cookie = format!("lab-livro-4321={}", keys.shown());
        let own = ("cookie", cookie.as_str());
        let post = |headers: &[(&str, &str)]| asked(&keys, "POST", "/api/labs/a/check", headers);
        assert_eq!(post(&[HOST, own]), Err(Refused::Foreign));
        let origin = ("origin", "http://127.0.0.1:4321");
        assert_eq!(post(&[HOST, own, origin]), Ok(Entrance::Known));
        assert_eq!(post(&[HOST, origin]), Err(Refused::Key));
    }

    #[test]
    fn a_key_becomes_a_cookie_and_a_wrong_one_nothing() {
        let keys = Arc::new(Keys::new().unwrap());
        let get = |uri: &str| asked(&keys, "GET", uri, &[HOST]);
        assert_eq!(get("/"), Err(Refused::Key));
        assert_eq!(get("/?chave="), Err(Refused::Key));
        assert_eq!(get("/?chave=0123"), Err(Refused::Key));
        let cookie = format!(
            "lab-livro-4321={}; Path=/; HttpOnly; SameSite=Strict",
            keys.shown()
        );
        let once = keys.once().unwrap();
        for key in [keys.shown(), &once] {
            let new = Entrance::New {
                cookie: cookie.clone(),
            };
            assert_eq!(get(&format!("/?chave={key}")), Ok(new));
        }
        assert_eq!(get(&format!("/?chave={once}")), Err(Refused::Key));
        let other = format!("lab-livro-1={}", keys.shown());
        let other = asked(&keys, "GET", "/", &[HOST, ("cookie", &other)]);
        assert_eq!(other, Err(Refused::Key));
    }
}
