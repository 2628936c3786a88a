//! The port the sandbox listens on.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{SandboxError, state};

/// Below the ranges from which systems give ports to outgoing connections.
const PORTS: std::ops::Range<u16> = 20_000..30_000;

/// The port to start on.
pub(super) enum Port {
    Asked(u16),
    Ours(u16),
}

impl Port {
    /// The one asked for, the one used last, or a free one; never `refused`.
    pub(super) async fn choose(
        dir: &Path,
        asked: Option<u16>,
        refused: Option<u16>,
    ) -> Result<Self, SandboxError> {
        if let Some(port) = asked {
            if is_free(port).await {
                return Ok(Self::Asked(port));
            }
            return Err(SandboxError::PortTaken { port });
        }
        let mut port = state::remembered_port(dir).unwrap_or_else(|| fastrand::u16(PORTS));
        for _ in 0..100 {
            if refused != Some(port) && is_free(port).await {
                break;
            }
            port = fastrand::u16(PORTS);
        }
        Ok(Self::Ours(port))
    }

    pub(super) fn number(&self) -> u16 {
        match self {
            Self::Asked(port) | Self::Ours(port) => *port,
        }
    }

    pub(super) fn may_change(&self) -> bool {
        matches!(self, Self::Ours(_))
    }
}

pub(super) fn address(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}

/// Whether nobody listens there and this process could. Some systems let one
/// listen on 127.0.0.1 while another has the port on every address, hence both.
async fn is_free(port: u16) -> bool {
    let connected = timeout(
        Duration::from_millis(100),
        TcpStream::connect(address(port)),
    )
    .await;
    !matches!(connected, Ok(Ok(_))) && std::net::TcpListener::bind(address(port)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_taken_port_is_left_alone() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let foreign = std::net::TcpListener::bind(address(0)).expect("listening");
        let taken = foreign.local_addr().expect("an address").port();
        let asked = Port::choose(dir.path(), Some(taken), None).await;
        assert!(matches!(asked, Err(SandboxError::PortTaken { port }) if port == taken));
        state::remember_port(dir.path(), taken).expect("written");
        let other = Port::choose(dir.path(), None, None)
            .await
            .expect("another one");
        assert_ne!(other.number(), taken);
        drop(foreign);
        let same = Port::choose(dir.path(), None, None)
            .await
            .expect("the remembered one");
        assert_eq!(same.number(), taken);
        let other = Port::choose(dir.path(), None, Some(taken))
            .await
            .expect("not that one");
        assert_ne!(other.number(), taken);
    }
}
