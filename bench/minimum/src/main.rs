//! The least that a grading can take: makes the calls of a recorded `lab check`
//! again, as many at the same time, and judges nothing.
//!
//! `minimum ENDPOINT RECORDING [--settle]`. A call starts as soon as all calls
//! have ended that had ended before it started in the recording, so nothing waits
//! for longer than it must. With `--settle`, a look that was repeated until it saw
//! something is repeated again, what came after it waits for that, and what must
//! not happen is given its time, as in the recording.

use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method};
use serde::Deserialize;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// For how long something is looked for again.
const PATIENCE: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_millis(5);

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A call, in the order in which the recorded ones ended.
#[derive(Debug, Deserialize)]
struct Call {
    /// How many calls had ended before it started.
    after: usize,
    /// For how many seconds before it nothing was under way, where that was meant.
    pause: f64,
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    /// One character a byte.
    body: String,
    /// What was answered.
    status: u16,
    /// Bytes of the answer's body.
    length: usize,
    /// Whether the same was asked again later.
    repeated: bool,
    /// Whether the same had been asked before.
    again: bool,
}

/// Which calls have ended: all before the first that has not count.
struct Ended {
    flags: Mutex<Vec<bool>>,
    prefix: watch::Sender<usize>,
}

impl Ended {
    fn mark(&self, index: usize) {
        if let Ok(mut flags) = self.flags.lock() {
            flags[index] = true;
            let prefix = flags.iter().take_while(|ended| **ended).count();
            self.prefix.send_replace(prefix);
        }
    }

    async fn wait(&self, after: usize) {
        // The sender lives as long as this.
        let _ = self
            .prefix
            .subscribe()
            .wait_for(|prefix| *prefix >= after)
            .await;
    }
}

#[expect(clippy::print_stderr, reason = "the only thing that it says")]
fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let (Some(endpoint), Some(recording)) = (arguments.next(), arguments.next()) else {
        return Err("usage: minimum ENDPOINT RECORDING [--settle]".into());
    };
    let settle = arguments.next().as_deref() == Some("--settle");
    let mut calls: Vec<Call> = serde_json::from_slice(&std::fs::read(recording)?)?;
    if settle {
        calls = without_repetitions(calls);
    }
    // A second call changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?
        .block_on(replay(endpoint, calls, settle))
}

/// Of looks that were repeated only the last.
fn without_repetitions(calls: Vec<Call>) -> Vec<Call> {
    // Of the first N calls, how many stay.
    let mut stay = vec![0];
    for call in &calls {
        let before = stay.last().copied().unwrap_or_default();
        stay.push(before + usize::from(!call.repeated));
    }
    calls
        .into_iter()
        .filter(|call| !call.repeated)
        .map(|call| Call {
            after: stay[call.after],
            ..call
        })
        .collect()
}

async fn replay(endpoint: String, calls: Vec<Call>, settle: bool) -> Result<(), Failure> {
    let client = Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()?;
    let ended = Arc::new(Ended {
        flags: Mutex::new(vec![false; calls.len()]),
        prefix: watch::channel(0).0,
    });
    let mut tasks = JoinSet::new();
    for (index, call) in calls.into_iter().enumerate() {
        let (client, ended, endpoint) = (client.clone(), Arc::clone(&ended), endpoint.clone());
        tasks.spawn(async move {
            ended.wait(call.after).await;
            if settle {
                tokio::time::sleep(Duration::from_secs_f64(call.pause)).await;
            }
            let made = make(&client, &endpoint, &call, settle).await;
            // Nobody waits for a call that failed.
            ended.mark(index);
            made
        });
    }
    while let Some(made) = tasks.join_next().await {
        made??;
    }
    Ok(())
}

async fn make(client: &Client, endpoint: &str, call: &Call, settle: bool) -> Result<(), Failure> {
    let mut headers = HeaderMap::new();
    for (name, value) in &call.headers {
        headers.append(name.parse::<HeaderName>()?, HeaderValue::from_str(value)?);
    }
    let method: Method = call.method.parse()?;
    let body: Vec<u8> = call.body.chars().map(|c| c as u8).collect();
    let url = format!("{endpoint}{}", call.path);
    let began = Instant::now();
    loop {
        let answer = client
            .request(method.clone(), &url)
            .headers(headers.clone())
            .body(body.clone())
            .send()
            .await?;
        let status = answer.status().as_u16();
        let length = answer.bytes().await?.len();
        // Twice as much is an answer, half as much is none yet.
        let seen = status == call.status && length * 2 >= call.length;
        if !(settle && call.again) || seen || began.elapsed() > PATIENCE {
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
    }
}
