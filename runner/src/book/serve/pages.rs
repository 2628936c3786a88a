//! The built files, all in memory: a request can only name one of them, so no
//! path leads anywhere else.

use std::collections::BTreeMap;
use std::path::Path;

use axum::body::Bytes;

use crate::book::BookError;
use crate::core::fingerprint;

pub(super) const SVG: &str = "image/svg+xml";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// One file as it is served.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) bytes: Bytes,
    pub(super) kind: &'static str,
    /// Whether its name changes with what is in it.
    pub(super) lasting: bool,
}

/// All files of a built book, by their path.
#[derive(Debug)]
pub struct Pages(BTreeMap<String, Page>);

impl Pages {
    /// Reads a built book.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn read(folder: &Path) -> Result<Self, BookError> {
        let mut pages = Self(BTreeMap::new());
        pages.walk(folder, "")?;
        Ok(pages)
    }

    /// The file at a path, which may be encoded for an address.
    pub(super) fn get(&self, path: &str) -> Option<&Page> {
        let path = percent_encoding::percent_decode_str(path)
            .decode_utf8()
            .ok()?;
        match path.strip_prefix('/')? {
            "" => self.0.get("index.html"),
            path => self.0.get(path),
        }
    }

    /// Whether there is such a page.
    pub fn has(&self, path: &str) -> bool {
        self.0.contains_key(path)
    }

    fn walk(&mut self, folder: &Path, above: &str) -> Result<(), BookError> {
        let io = |e| BookError::Io(folder.display().to_string(), e);
        for entry in std::fs::read_dir(folder).map_err(io)? {
            let entry = entry.map_err(io)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = entry.path();
            if path.is_dir() {
                self.walk(&path, &format!("{above}{name}/"))?;
            } else if let Some(kind) = kind(&name) {
                let bytes = std::fs::read(&path).map_err(io)?;
                self.add(format!("{above}{name}"), kind, bytes);
            }
        }
        Ok(())
    }

    fn add(&mut self, path: String, kind: &'static str, bytes: Vec<u8>) {
        let bytes = match String::from_utf8(bytes) {
            Ok(text) if path.ends_with(".html") => self.without_inline(&text).into(),
            Ok(text) => text.into(),
            Err(binary) => binary.into_bytes().into(),
        };
        let lasting = has_digest(&path);
        self.0.insert(
            path,
            Page {
                bytes,
                kind,
                lasting,
            },
        );
    }

    /// mdBook writes a few scripts into every page: the place of the root, the
    /// theme before anything is seen. As files, in the same places, they do the
    /// same, and no page needs an inline script.
    fn without_inline(&mut self, page: &str) -> String {
        const OPEN: &str = "<script>";
        const CLOSE: &str = "</script>";
        let mut out = String::with_capacity(page.len());
        let mut rest = page;
        while let Some((before, after)) = rest.split_once(OPEN)
            && let Some((script, after)) = after.split_once(CLOSE)
        {
            let path = format!("dentro-{}.js", fingerprint(script, 8));
            out.push_str(&format!("{before}<script src=\"/{path}\">{CLOSE}"));
            self.0.entry(path).or_insert_with(|| Page {
                bytes: script.to_owned().into(),
                kind: SCRIPT,
                lasting: true,
            });
            rest = after;
        }
        out + rest
    }
}

/// What is not here is not served.
fn kind(name: &str) -> Option<&'static str> {
    Some(match name.rsplit_once('.')?.1 {
        "html" => "text/html; charset=utf-8",
        "js" => SCRIPT,
        "css" => "text/css; charset=utf-8",
        "svg" => SVG,
        "png" => "image/png",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => return None,
    })
}

/// `book-609e4cb8.js`: mdBook puts a digest into names of what pages link to.
fn has_digest(path: &str) -> bool {
    path.split(['-', '.'])
        .any(|part| part.len() == 8 && part.bytes().all(|b| b.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn book() -> Pages {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
        std::fs::create_dir(dir.path().join("labs")).unwrap();
        write(
            "index.html",
            "<head><script>const a = 1;</script></head><script src=\"b.js\"></script>\
             <script>a()</script>",
        );
        write("labs/um.html", "<script>const a = 1;</script>");
        write("book-609e4cb8.js", "b()");
        write(".lab-livro", "");
        Pages::read(dir.path()).unwrap()
    }

    #[test]
    fn only_built_files_have_a_path() {
        let book = book();
        for path in ["/", "/index.html", "/labs/um.html", "/labs%2Fum.html"] {
            assert!(book.get(path).is_some(), "{path}");
        }
        for path in [
            "",
            "index.html",
            "//index.html",
            "/../Cargo.toml",
            "/labs/../index.html",
            "/%2e%2e/%2e%2e/etc/passwd",
            "/labs\\um.html",
            "/.lab-livro",
            "/labs",
            "/index.html%00",
            "/%ff",
        ] {
            assert!(book.get(path).is_none(), "{path}");
        }
    }

    #[test]
    fn no_script_is_left_inside_a_page() {
        let book = book();
        let text = |path: &str| String::from_utf8(book.get(path).unwrap().bytes.to_vec()).unwrap();
        let page = text("/");
        assert!(
            !page.contains("<script>") && !page.contains("const a"),
            "{page}"
        );
        assert_eq!(page.matches("<script src=\"/dentro-").count(), 2, "{page}");
        assert!(page.contains("<script src=\"b.js\"></script>"));
        let own = page.split('"').nth(1).unwrap();
        assert_eq!(text(own), "const a = 1;");
        // The same script is the same file.
        assert!(text("/labs/um.html").contains(own));
        assert!(book.get(own).unwrap().lasting);
    }

    #[test]
    fn a_name_with_a_digest_may_be_kept() {
        assert!(has_digest("book-609e4cb8.js"));
        assert!(has_digest(
            "fonts/open-sans-v17-all-charsets-300-7736aa35.woff2"
        ));
        assert!(!has_digest("labs/notas-fiscais.html"));
        assert!(!has_digest("imagens/dynamodb-chaves.svg"));
    }
}
