//! A proxy between the program and the sandbox that spoils answers on their way.

use std::collections::HashSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::{Answer, Request, Server};

/// What happens to an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It is late by so many milliseconds.
    Late(u64),
    /// The connection ends before it, and nobody was asked.
    Reset,
    /// The connection ends before it, and what was asked for was done.
    Lost,
    /// A status and an error code of AWS come in its place.
    Error(u16, &'static str),
    /// A server in between answers with a page of its own.
    Page(u16),
    /// It ends in the middle of its body.
    Cut,
    /// Its body is not what it was announced as.
    Garbage,
    /// AWS finds the request's time wrong.
    ClockSkew,
}

/// Which requests it happens to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Share {
    /// Each.
    All,
    /// All but who asks for the caller's identity.
    AfterIdentity,
    /// Every so many. Who asks the same again gets its answer: with many calls at
    /// once, all the tries of one of them could else be among every so many. What
    /// sets something in motion is never asked for again; a check has three tries,
    /// so of such requests it happens to two.
    OneIn(usize),
}

/// A proxy for as long as it lives.
#[derive(Debug)]
pub(crate) struct Proxy {
    server: Server,
}

impl Proxy {
    /// Between its clients and a server at `http://…`.
    pub(crate) fn to(upstream: &str, fault: Fault, share: Share) -> Self {
        let upstream = upstream.to_owned();
        let asked = AtomicUsize::new(0);
        let owed = Mutex::new(HashSet::new());
        let stirred = AtomicUsize::new(0);
        let server = Server::answering(move |request| {
            let number = asked.fetch_add(1, Ordering::SeqCst);
            let spoilt = match share {
                Share::All => true,
                Share::AfterIdentity => !request.body.contains("GetCallerIdentity"),
                Share::OneIn(_) if stirs(request) => stirred.fetch_add(1, Ordering::SeqCst) < 2,
                Share::OneIn(n) => {
                    let mut owed = owed.lock().expect("nobody panics with it");
                    let asks = asks(request);
                    !owed.remove(&asks) && number % n == n - 1 && owed.insert(asks)
                }
            };
            match spoilt {
                true => spoil(fault, &upstream, request),
                false => passed_on(&upstream, request),
            }
        });
        Self { server }
    }

    /// Its address.
    pub(crate) fn endpoint(&self) -> &str {
        self.server.endpoint()
    }
}

/// A request that sets something in motion: a call of a function, an object that
/// calls one, messages, events.
pub(crate) fn stirs(request: &Request) -> bool {
    let head = request.head.to_lowercase();
    let (line, rest) = head.split_once('\n').unwrap_or((&head, ""));
    let target = rest.lines().find(|line| line.starts_with("x-amz-target:"));
    let sends = |line: &str| line.contains("sendmessage") || line.contains("putevents");
    line.starts_with("post ") && line.contains("/invocations")
        || line.starts_with("put ") && line.contains("/entrada/")
        || target.is_some_and(sends)
        || request.body.contains("Action=Publish")
}

/// What a request asks for: the same for each try of a call.
fn asks(request: &Request) -> (String, Vec<u8>) {
    let head = request.head.lines();
    let of_call = head.filter(|line| {
        let line = line.to_lowercase();
        line.ends_with("http/1.1") || line.starts_with("x-amz-target:")
    });
    (of_call.collect(), request.bytes.clone())
}

/// The upstream's own answer. Its connection is closed after it, so that its end
/// is seen.
pub(crate) fn passed_on(upstream: &str, request: &Request) -> Answer {
    let upstream = upstream.trim_start_matches("http://");
    let head = request.head.trim_end_matches("\r\n");
    let send = || -> std::io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect(upstream)?;
        stream.write_all(format!("{head}\r\nConnection: close\r\n\r\n").as_bytes())?;
        stream.write_all(&request.bytes)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(answer)
    };
    Answer::Raw(send().unwrap_or_default())
}

fn spoil(fault: Fault, upstream: &str, request: &Request) -> Answer {
    match fault {
        Fault::Late(milliseconds) => {
            std::thread::sleep(Duration::from_millis(milliseconds));
            passed_on(upstream, request)
        }
        Fault::Reset => Answer::Raw(Vec::new()),
        Fault::Lost => {
            passed_on(upstream, request);
            Answer::Raw(Vec::new())
        }
        Fault::Error(status, code) => error(request, status, code, "Tente mais tarde."),
        Fault::Page(status) => {
            let page = "<html><body><h1>Portal da rede da escola</h1></body></html>";
            Answer::Text(status, "text/html", page.to_owned())
        }
        Fault::Cut => cut(passed_on(upstream, request)),
        Fault::Garbage => Answer::Text(200, "application/json", "{\"Item\": [<".to_owned()),
        Fault::ClockSkew => error(
            request,
            403,
            "RequestTimeTooSkewed",
            "The difference between the request time and the current time is too large.",
        ),
    }
}

/// The answer without the second half of its body, whose length it still tells.
fn cut(answer: Answer) -> Answer {
    let Answer::Raw(bytes) = answer else {
        return answer;
    };
    let body = bytes.windows(4).position(|four| four == b"\r\n\r\n");
    let body = body.map_or(bytes.len(), |at| at + 4);
    let half = body + (bytes.len() - body) / 2;
    Answer::Raw(bytes[..half].to_vec())
}

/// An error in the protocol of the service that is asked.
pub(crate) fn error(request: &Request, status: u16, code: &str, message: &str) -> Answer {
    let head = request.head.to_lowercase();
    if head.starts_with("head ") {
        // An answer without a body has no code: S3 throttles with its own status.
        let status = if status == 429 { 503 } else { status };
        return Answer::Text(status, "application/xml", String::new());
    }
    if head.contains("rpc-v2-cbor") {
        return Answer::Bytes(status, "application/cbor", cbor(code, message));
    }
    let rest_json = head.contains("/2015-03-31/") || head.contains("/restapis");
    if head.contains("x-amz-target") || rest_json {
        return Answer::Text(
            status,
            "application/x-amz-json-1.1",
            format!("{{\"__type\":\"{code}\",\"message\":\"{message}\"}}"),
        );
    }
    if request.body.contains("Action=") {
        let text = format!(
            "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error><RequestId>1</RequestId></ErrorResponse>"
        );
        return Answer::Text(status, "text/xml", text);
    }
    Answer::Text(
        status,
        "application/xml",
        format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>"),
    )
}

/// An error as CloudWatch's protocol writes it: a map of two short texts.
fn cbor(code: &str, message: &str) -> Vec<u8> {
    let mut bytes = vec![0xa2];
    for text in ["__type", code, "message", message] {
        let length = u8::try_from(text.len()).expect("texts of tests are short");
        bytes.extend([0x78, length]);
        bytes.extend(text.as_bytes());
    }
    bytes
}
