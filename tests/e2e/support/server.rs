//! A server that answers what an account cannot be made to answer.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// One request, as far as an answer depends on it.
#[derive(Debug)]
pub(crate) struct Request {
    /// The request line and the headers.
    pub(crate) head: String,
    /// The body, as far as it is text.
    pub(crate) body: String,
    /// The body as it is.
    pub(crate) bytes: Vec<u8>,
}

/// What to answer: a status and a body, or nothing for ever.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// A status line's code, a content type and a body.
    Text(u16, &'static str, String),
    /// The same with any bytes.
    Bytes(u16, &'static str, Vec<u8>),
    /// A whole answer as it goes over the wire; the connection ends with it.
    Raw(Vec<u8>),
    /// The connection stays open and silent.
    Silence,
}

/// A server on loopback for as long as it lives.
#[derive(Debug)]
pub(crate) struct Server {
    address: String,
    ended: Arc<AtomicBool>,
}

impl Server {
    /// Answers every request by a function.
    pub(crate) fn answering(answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let ended = Arc::new(AtomicBool::new(false));
        let over = Arc::clone(&ended);
        let answer = Arc::new(answer);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if over.load(Ordering::SeqCst) {
                    break;
                }
                let answer = Arc::clone(&answer);
                // A client that goes away is no failure of the test.
                std::thread::spawn(move || serve(&stream, &*answer).ok());
            }
        });
        Self { address, ended }
    }

    /// Its address.
    pub(crate) fn endpoint(&self) -> &str {
        &self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address.trim_start_matches("http://"));
    }
}

fn serve(stream: &TcpStream, answer: &dyn Fn(&Request) -> Answer) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head)? == 0 {
                return Ok(());
            }
        }
        let length = head
            .lines()
            .find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length")
                    .then(|| value.trim().parse().ok())?
            })
            .unwrap_or(0);
        let mut bytes = vec![0; length];
        reader.read_exact(&mut bytes)?;
        let body = String::from_utf8_lossy(&bytes).into_owned();
        let (status, kind, content) = match answer(&Request { head, body, bytes }) {
            Answer::Text(status, kind, text) => (status, kind, text.into_bytes()),
            Answer::Bytes(status, kind, content) => (status, kind, content),
            Answer::Raw(answer) => return (&*stream).write_all(&answer),
            Answer::Silence => loop {
                std::thread::park();
            },
        };
        let length = content.len();
        let head = format!(
            "HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n"
        );
        (&*stream).write_all(&[head.as_bytes(), &content].concat())?;
    }
}
