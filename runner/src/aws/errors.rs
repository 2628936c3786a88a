use std::error::Error;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::display::DisplayErrorContext;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::core::{ProbeError, ProbeErrorKind};

/// Turns a call's answer into "there" or "not there"; only what kept it from
/// answering is an error.
pub(super) fn found<T, E>(
    operation: &str,
    answer: Result<T, SdkError<E, HttpResponse>>,
) -> Result<Option<T>, ProbeError>
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(error) if is_missing(&error) => Ok(None),
        Err(error) => Err(fault(operation, &error)),
    }
}

/// Whether AWS says that the thing is not there.
fn is_missing<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    let SdkError::ServiceError(service) = error else {
        return false;
    };
    // Who fails knows nothing, whatever it calls its failure.
    if service.raw().status().is_server_error() {
        return false;
    }
    match service.err().code() {
        Some(code) => {
            matches!(
                code,
                "NotFound"
                    | "NoSuchBucket"
                    | "NoSuchKey"
                    | "NoSuchEntity"
                    | "NoSuchPublicAccessBlockConfiguration"
                    | "ResourceNotFound"
                    | "DashboardNotFoundError"
                    | "ResourceNotFoundException"
                    | "NotFoundException"
                    | "QueueDoesNotExist"
                    | "AWS.SimpleQueueService.NonExistentQueue"
            )
        }
        // HeadBucket and HeadObject answer without a body, so without a code.
        None => service.raw().status().as_u16() == 404 && is_from_aws(service.raw()),
    }
}

/// Whether an answer without a code is AWS's at all, and not that of a proxy or
/// of a school's log-in page: AWS numbers its answers.
pub(super) fn is_from_aws(answer: &HttpResponse) -> bool {
    ["x-amz-request-id", "x-amzn-requestid"]
        .iter()
        .any(|name| answer.headers().contains_key(*name))
}

/// Maps every way in which a call fails to one kind and one sentence.
pub(super) fn fault<E>(operation: &str, error: &SdkError<E, HttpResponse>) -> ProbeError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    let (kind, message) = match error {
        SdkError::ServiceError(service) => {
            let status = service.raw().status().as_u16();
            let code = service.err().code().unwrap_or_default();
            let said = service.err().message().unwrap_or_default();
            if code.is_empty() && !is_from_aws(service.raw()) {
                let message = format!("a resposta não está no formato da AWS (HTTP {status})");
                (ProbeErrorKind::Service, message)
            } else if said.is_empty() {
                let message = format!("{code} (HTTP {status})");
                (service_kind(code, status), message.trim_start().to_owned())
            } else {
                (kind_of(code, said, status), format!("{code}: {said}"))
            }
        }
        SdkError::TimeoutError(_) => (
            ProbeErrorKind::Timeout,
            "a AWS não respondeu a tempo".to_owned(),
        ),
        SdkError::DispatchFailure(failure) => {
            let details = format!("{}", DisplayErrorContext(error));
            if failure.is_timeout() {
                (
                    ProbeErrorKind::Timeout,
                    "a AWS não respondeu a tempo".to_owned(),
                )
            } else if failure.is_io() {
                (
                    ProbeErrorKind::Offline,
                    format!("ninguém responde no endereço configurado ({})", root(error)),
                )
            } else if is_credentials(&details) {
                credentials(&details, error)
            } else {
                (ProbeErrorKind::Offline, root(error))
            }
        }
        SdkError::ResponseError(_) => (
            ProbeErrorKind::Service,
            format!("a resposta não está no formato da AWS ({})", root(error)),
        ),
        other => {
            let details = format!("{}", DisplayErrorContext(other));
            if is_credentials(&details) {
                credentials(&details, error)
            } else {
                (ProbeErrorKind::Refused, root(error))
            }
        }
    };
    ProbeError {
        kind,
        operation: operation.to_owned(),
        message,
    }
}

/// An HTTP request outside the SDK that got no answer.
pub(super) fn http_fault(operation: &str, error: &reqwest::Error) -> ProbeError {
    let kind = if error.is_timeout() {
        ProbeErrorKind::Timeout
    } else {
        ProbeErrorKind::Offline
    };
    let mut cause: &dyn Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    ProbeError {
        kind,
        operation: operation.to_owned(),
        message: cause.to_string(),
    }
}

/// The kind by all that AWS says: most services tell a wrong clock from a wrong
/// key by the message only.
fn kind_of(code: &str, said: &str, status: u16) -> ProbeErrorKind {
    let of_time = ["Signature expired", "Signature not yet current"];
    match of_time.iter().any(|words| said.contains(words)) {
        true => ProbeErrorKind::Clock,
        false => service_kind(code, status),
    }
}

fn service_kind(code: &str, status: u16) -> ProbeErrorKind {
    match code {
        "RequestTimeTooSkewed" => ProbeErrorKind::Clock,
        "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" => ProbeErrorKind::Expired,
        "InvalidClientTokenId"
        | "UnrecognizedClientException"
        | "InvalidAccessKeyId"
        | "SignatureDoesNotMatch"
        | "InvalidSignatureException"
        | "IncompleteSignature"
        | "AuthFailure"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException"
        | "InvalidToken" => ProbeErrorKind::Credentials,
        _ if code.starts_with("AccessDenied")
            || code.starts_with("Unauthorized")
            || code == "Forbidden" =>
        {
            ProbeErrorKind::Denied
        }
        _ if code.contains("Throttl")
            || code.contains("TooManyRequests")
            || code == "SlowDown"
            || status == 429 =>
        {
            ProbeErrorKind::Throttled
        }
        "QueueDoesNotExist" | "AWS.SimpleQueueService.NonExistentQueue" => ProbeErrorKind::Missing,
        _ if code.contains("NotFound") || code.starts_with("NoSuch") || status == 404 => {
            ProbeErrorKind::Missing
        }
        _ if status == 401 || status == 403 => ProbeErrorKind::Denied,
        _ if status >= 500 => ProbeErrorKind::Service,
        _ => ProbeErrorKind::Refused,
    }
}

/// What is said when nobody's credentials are configured.
pub(super) const NO_CREDENTIALS: &str = "nenhuma credencial da AWS foi encontrada";

fn is_credentials(details: &str) -> bool {
    ["credentials", "Credentials", "token", "ProfileFile"]
        .iter()
        .any(|word| details.contains(word))
}

fn credentials(details: &str, error: &dyn Error) -> (ProbeErrorKind, String) {
    if details.contains("expired") || details.contains("Expired") {
        (
            ProbeErrorKind::Expired,
            "as credenciais venceram".to_owned(),
        )
    } else if details.contains("no providers in chain") || details.contains("CredentialsNotLoaded")
    {
        (ProbeErrorKind::Credentials, NO_CREDENTIALS.to_owned())
    } else {
        (
            ProbeErrorKind::Credentials,
            format!("as credenciais não puderam ser lidas ({})", root(error)),
        )
    }
}

/// The innermost error's own words.
fn root(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

/// What is not there any more was deleted.
pub(super) fn gone<T>(answer: Result<T, ProbeError>) -> Result<(), ProbeError> {
    match answer {
        Err(error) if error.kind != ProbeErrorKind::Missing => Err(error),
        _ => Ok(()),
    }
}
