//! Asks a sandbox whether it is well, and whether it is the right one.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::port::address;
use super::state::Record;

const RETRY: Duration = Duration::from_millis(25);

/// Whether the process that wrote `record` answers. Another server on the same
/// port does not know the nonce.
pub(super) async fn healthy(record: &Record, patience: Duration) -> bool {
    let began = Instant::now();
    while began.elapsed() < patience {
        match timeout(patience, ask(record.running.port)).await {
            Ok(Ok(head)) => return is_ours(&head, &record.nonce),
            Ok(Err(_)) => sleep(RETRY).await,
            Err(_) => return false,
        }
    }
    false
}

/// The head of the answer to a health check. One request to loopback in clear
/// needs no HTTP client, and making one loads the system's certificates.
async fn ask(port: u16) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address(port)).await?;
    let request = format!(
        "GET /_ministack/health HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut head = Vec::new();
    let mut chunk = [0; 2048];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") && head.len() < 64 * 1024 {
        let read = stream.read(&mut chunk).await?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        head.extend_from_slice(&chunk[..read]);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

fn is_ours(head: &str, nonce: &str) -> bool {
    let mut lines = head.lines();
    let answered = lines
        .next()
        .is_some_and(|line| line.split(' ').nth(1) == Some("200"));
    answered
        && lines.any(|line| {
            line.split_once(": ").is_some_and(|(name, value)| {
                name.eq_ignore_ascii_case("x-lab-sandbox") && value.trim() == nonce
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_its_own_answer() {
        let head =
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nx-lab-sandbox: abc\r\n\r\n";
        assert!(is_ours(head, "abc"));
        assert!(!is_ours(head, "abd"));
        assert!(!is_ours("HTTP/1.1 200 OK\r\n\r\n", "abc"));
        assert!(!is_ours(&head.replace("200 OK", "503 No"), "abc"));
    }
}
