#![allow(clippy::print_stdout, reason = "how a build script talks to cargo")]
//! Embedded content is a part of the binary: a change of a lab rebuilds it.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=../labs");
    println!("cargo::rerun-if-changed=../solutions");
    println!("cargo::rerun-if-changed=src/course/template");
    println!("cargo::rerun-if-changed=../book/src");
    println!("cargo::rerun-if-changed=../book/theme");
}
