//! Understands what Python, pip and uv print when they fail.

/// A cause the learner can do something about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    DiskFull,
    HashMismatch,
    VenvMissing,
    PermissionDenied,
    /// With the line that says so.
    NoNetwork(String),
}

const DISK_FULL: &[&str] = &[
    "no space left on device",
    "errno 28",
    "not enough space on the disk",
    "winerror 112",
    "os error 112",
    "disk quota exceeded",
];
const HASH_MISMATCH: &[&str] = &[
    "do not match the hashes",
    "hash mismatch",
    "hashes are required in --require-hashes mode",
];
const VENV_MISSING: &[&str] = &[
    "ensurepip is not available",
    "no module named venv",
    "no module named 'venv'",
    "no module named ensurepip",
    "no module named 'ensurepip'",
    "no module named pip",
    "'ensurepip', '--upgrade'",
    "-m ensurepip",
    "'-m', 'ensurepip'",
];
const PERMISSION_DENIED: &[&str] = &[
    "permission denied",
    "errno 13",
    "winerror 5]",
    "access is denied",
    "acesso negado",
];
/// Those that say why come before those that say that nothing came.
const NO_NETWORK: &[&str] = &[
    "temporary failure in name resolution",
    "name or service not known",
    "nodename nor servname",
    "getaddrinfo failed",
    "dns error",
    "network is unreachable",
    "connection refused",
    "connection reset",
    "proxyerror",
    "certificate_verify_failed",
    "sslerror",
    "invalid peer certificate",
    "timed out",
    "timeout",
    "newconnectionerror",
    "connecterror",
    "error sending request",
    "failed to fetch",
    "connection aborted",
    "could not find a version",
    "no matching distribution",
];

pub(super) fn classify(output: &str) -> Option<Trouble> {
    // Python breaks its own messages into lines.
    let lower = output
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase();
    let says = |marks: &[&str]| marks.iter().any(|mark| lower.contains(mark));
    if says(DISK_FULL) {
        return Some(Trouble::DiskFull);
    }
    if says(HASH_MISMATCH) {
        return Some(Trouble::HashMismatch);
    }
    if says(VENV_MISSING) {
        return Some(Trouble::VenvMissing);
    }
    let mark = NO_NETWORK.iter().find(|mark| lower.contains(**mark));
    if let Some(mark) = mark {
        let line = output
            .lines()
            .find(|line| line.to_lowercase().contains(mark));
        return Some(Trouble::NoNetwork(shorten(line.unwrap_or_default())));
    }
    says(PERMISSION_DENIED).then_some(Trouble::PermissionDenied)
}

/// pip wraps the cause in the names of three classes; the end of the line says it.
fn shorten(line: &str) -> String {
    let line = line.trim();
    let line = line.strip_prefix("WARNING: ").unwrap_or(line);
    let line = line.strip_prefix("ERROR: ").unwrap_or(line);
    let end = line.rsplit_once("Error(").map_or(line, |(_, end)| end);
    let end = end.split_once("')").map_or(end, |(end, _)| end);
    let end = end.rsplit_once(">: ").map_or(end, |(_, end)| end);
    end.trim_start_matches(['\'', '"'])
        .chars()
        .take(200)
        .collect()
}

/// Whether a line of the installer says that it has begun with one more package.
pub(super) fn begins_package(line: &str) -> bool {
    ["Collecting ", "Downloading ", " + "]
        .iter()
        .any(|start| line.starts_with(start))
        && !line.starts_with("Downloading https")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn network() {
        let pip = "WARNING: Retrying (Retry(total=0, connect=None)) after connection broken by \
            'NewConnectionError('<pip._vendor.urllib3.connection.HTTPSConnection object at 0x7f>: \
            Failed to establish a new connection: [Errno -3] Temporary failure in name resolution')': /simple/x/\n\
            ERROR: Could not find a version that satisfies the requirement awscli==1.46.2 (from versions: none)\n\
            ERROR: No matching distribution found for awscli==1.46.2";
        let detail =
            "Failed to establish a new connection: [Errno -3] Temporary failure in name resolution";
        assert_eq!(classify(pip), Some(Trouble::NoNetwork(detail.to_owned())));
        for line in [
            "ERROR: Could not find a version that satisfies the requirement awscli==1.46.2 (from versions: none)",
            "  cause: client error (Connect)\n  cause: tcp connect error\n  cause: Connection refused (os error 111)",
            "pip._vendor.urllib3.exceptions.ReadTimeoutError: HTTPSConnectionPool: Read timed out.",
            "error: Failed to fetch: `https://pypi.org/simple/awscli/`",
        ] {
            assert!(
                matches!(classify(line), Some(Trouble::NoNetwork(_))),
                "{line}"
            );
        }
    }

    #[test]
    fn the_other_causes() {
        for (output, trouble) in [
            (
                "OSError: [Errno 28] No space left on device",
                Trouble::DiskFull,
            ),
            (
                "ERROR: Could not install packages due to an OSError: [Errno 122] Disk quota exceeded",
                Trouble::DiskFull,
            ),
            (
                "[WinError 112] There is not enough space on the disk",
                Trouble::DiskFull,
            ),
            (
                "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
                Trouble::HashMismatch,
            ),
            (
                "error: Hash mismatch for `six==1.17.0`",
                Trouble::HashMismatch,
            ),
            (
                "The virtual environment was not created successfully because ensurepip is not\navailable.",
                Trouble::VenvMissing,
            ),
            (
                "/usr/bin/python3: No module named venv",
                Trouble::VenvMissing,
            ),
            (
                "Error: Command '['/x/bin/python3', '-m', 'ensurepip', '--upgrade']' returned non-zero exit status 1.",
                Trouble::VenvMissing,
            ),
            (
                "Error: [Errno 13] Permission denied: '/x/env'",
                Trouble::PermissionDenied,
            ),
        ] {
            assert_eq!(classify(output), Some(trouble), "{output}");
        }
        assert_eq!(classify("SyntaxError: invalid syntax"), None);
    }

    #[test]
    fn packages_begun() {
        assert!(begins_package(
            "Collecting six==1.17.0 (from -r requirements.txt (line 9))"
        ));
        assert!(begins_package("Downloading botocore (14.2MiB)"));
        assert!(begins_package(" + six==1.17.0"));
        assert!(!begins_package(
            "  Downloading six-1.17.0-py2.py3-none-any.whl (11 kB)"
        ));
        assert!(!begins_package("Installing collected packages: six"));
    }
}
