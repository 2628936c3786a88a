# Shortcuts. `just` is optional: every recipe is one plain command.

set windows-shell := ["cmd.exe", "/c"]

# List the recipes
default:
    @just --list

# Apply lab 1's solution step by step in a throw-away sandbox and grade each step
demo:
    cargo run --locked -- demo

# All tests, as the gate runs them
test:
    cargo test --workspace --locked

# Formatting and lints, as the gate runs them
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --locked -- -D warnings

# The whole gate (bash; Debian installs what is missing)
ci:
    bash .ci/run

# Licences, advisories, banned crates, sources (needs cargo-deny)
deny:
    cargo deny check

# A binary for yourself, in target/release
build:
    cargo build --release --locked

# The binary that a release ships, in target/dist
dist:
    cargo build --profile dist --locked

# The table of speed and size, bench/RESULTS.md (about ten minutes, on a quiet machine)
bench:
    python3 bench/run
