//! What every test starts from.

mod course;
mod home;
mod proxy;
mod sandbox;
mod secrets;
mod server;

pub(crate) use course::Course;
pub(crate) use home::{Home, Ran};
pub(crate) use proxy::{Fault, Proxy, Share, error, passed_on, stirs};
pub(crate) use sandbox::{Shared, shared};
pub(crate) use secrets::Secrets;
pub(crate) use server::{Answer, Request, Server};

use std::path::{Path, PathBuf};

/// The repository's folder.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_path_buf()
}

/// A file of `fixtures/`.
pub(crate) fn fixture(name: &str) -> PathBuf {
    repository().join("tests/e2e/fixtures").join(name)
}
