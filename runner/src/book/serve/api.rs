use std::convert::Infallible;
use std::sync::Arc;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::mpsc::UnboundedReceiver;

use super::{Pages, Site};

/// What stands behind the pages: it knows the reader, the journal and the
/// account, and grades. Blocks its thread where it reads or writes files.
pub trait Desk: Send + Sync + 'static {
    /// The pages made anew, if what they are made of was changed since.
    fn renewed(&self) -> Option<Pages>;

    /// What is known of a lab: names, verdicts, the map, answers so far.
    ///
    /// # Errors
    /// Why it cannot be told.
    fn state(&self, lab: &str) -> Answered;

    /// Grades and records answers to a lab's questions.
    ///
    /// # Errors
    /// Why they cannot be graded.
    fn answer(&self, lab: &str, answers: &[Given]) -> Answered;

    /// Begins to check a lab, or one step of it: what happens comes as it
    /// happens. Goes on to its end whether somebody reads it or not.
    ///
    /// # Errors
    /// Why it cannot begin.
    fn check(
        self: Arc<Self>,
        lab: &str,
        step: Option<&str>,
    ) -> Result<UnboundedReceiver<Value>, Refusal>;
}

/// An answer as JSON, or why there is none.
pub type Answered = Result<Value, Refusal>;

/// Why something is not done.
#[derive(Debug)]
pub struct Refusal {
    /// Of what kind.
    pub kind: RefusalKind,
    /// What to tell, as JSON.
    pub body: Value,
}

/// Kinds of refusals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalKind {
    /// There is no such lab, step or question.
    Unknown,
    /// Something else is being checked.
    Busy,
    /// The machine or the course is in the way.
    Trouble,
}

/// One answer to a question.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// The question's id.
    pub id: String,
    /// The chosen options, by their place on the page.
    #[serde(default)]
    pub chosen: Vec<usize>,
    /// The text of a short answer.
    #[serde(default)]
    pub text: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Round {
    answers: Vec<Given>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    #[serde(default)]
    step: Option<String>,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = match self.kind {
            RefusalKind::Unknown => StatusCode::NOT_FOUND,
            RefusalKind::Busy => StatusCode::CONFLICT,
            RefusalKind::Trouble => StatusCode::SERVICE_UNAVAILABLE,
        };
        (status, Json(self.body)).into_response()
    }
}

pub(super) async fn state(State(site): State<Arc<Site>>, Path(lab): Path<String>) -> Response {
    blocking(move || site.desk.state(&lab)).await
}

pub(super) async fn quiz(
    State(site): State<Arc<Site>>,
    Path(lab): Path<String>,
    Json(round): Json<Round>,
) -> Response {
    blocking(move || site.desk.answer(&lab, &round.answers)).await
}

/// Lines of JSON and not `text/event-stream`: an `EventSource` can only `GET`,
/// and what checks an account must not be set off by an address alone.
pub(super) async fn check(
    State(site): State<Arc<Site>>,
    Path(lab): Path<String>,
    Json(asked): Json<Asked>,
) -> Response {
    let events = match Arc::clone(&site.desk).check(&lab, asked.step.as_deref()) {
        Ok(events) => events,
        Err(refusal) => return refusal.into_response(),
    };
    let lines = futures_util::stream::unfold(events, |mut events| async move {
        let event = events.recv().await?;
        Some((
            Ok::<_, Infallible>(Bytes::from(format!("{event}\n"))),
            events,
        ))
    });
    let kind = [(header::CONTENT_TYPE, "application/x-ndjson")];
    (kind, Body::from_stream(lines)).into_response()
}

async fn blocking(work: impl FnOnce() -> Answered + Send + 'static) -> Response {
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(answer)) => Json(answer).into_response(),
        Ok(Err(refusal)) => refusal.into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
