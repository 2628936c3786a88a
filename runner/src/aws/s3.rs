use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::operation::RequestId;
use aws_sdk_s3::operation::head_bucket::HeadBucketError;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{FilterRuleName, LambdaFunctionConfiguration};
use serde_json::Value;

use super::arn;
use super::errors::{fault, found, is_from_aws};
use super::moment::Moment;
use super::near;
use super::once::once;
use super::session::Session;
use crate::core::{
    Acted, Observation, ProbeError, ProbeErrorKind, S3BucketArgs, S3NotificationArgs, S3ObjectArgs,
};

/// What `HeadBucket` tells.
pub(super) enum Head {
    Here { region: String },
    Elsewhere { region: String },
    Refused,
    Absent,
}

pub(super) async fn bucket(
    session: &Session,
    moment: &Moment,
    args: &S3BucketArgs,
) -> Result<Observation, ProbeError> {
    let head = head(session, moment, &args.bucket).await?;
    match &*head {
        Head::Absent => {
            let names = bucket_names(session, moment)
                .await
                .map(|names| names.to_vec())
                .unwrap_or_default();
            Ok(Observation::absent().notes(near::sentence(
                "há um bucket",
                &args.bucket,
                names.iter().map(String::as_str),
            )))
        }
        Head::Refused => {
            // Somebody else's, or the caller's own and out of sight: only the
            // first is something that was seen.
            if bucket_names(session, moment).await?.contains(&args.bucket) {
                return Err(ProbeError {
                    kind: ProbeErrorKind::Denied,
                    operation: "HeadBucket".to_owned(),
                    message: format!(
                        "o bucket `{}` existe, e estas credenciais não podem vê-lo",
                        args.bucket
                    ),
                });
            }
            Ok(Observation::absent().note(format!(
                "o nome `{}` já é de um bucket de outra conta",
                args.bucket
            )))
        }
        Head::Elsewhere { region } => Ok(Observation::present()
            .with("region", region.as_str())
            .note(format!(
                "o bucket está na Região {region}, e você trabalha em {}",
                session.region()
            ))),
        Head::Here { region } => {
            let block = moment
                .once(format!("GetPublicAccessBlock {}", args.bucket), async {
                    found(
                        "GetPublicAccessBlock",
                        session
                            .s3
                            .get_public_access_block()
                            .bucket(&args.bucket)
                            .send()
                            .await,
                    )
                })
                .await?;
            let block = block
                .as_ref()
                .as_ref()
                .and_then(|b| b.public_access_block_configuration.as_ref());
            let locks = [
                ("BlockPublicAcls", block.and_then(|b| b.block_public_acls)),
                ("IgnorePublicAcls", block.and_then(|b| b.ignore_public_acls)),
                (
                    "BlockPublicPolicy",
                    block.and_then(|b| b.block_public_policy),
                ),
                (
                    "RestrictPublicBuckets",
                    block.and_then(|b| b.restrict_public_buckets),
                ),
            ];
            let open: Vec<&str> = locks
                .iter()
                .filter(|(_, on)| *on != Some(true))
                .map(|(name, _)| *name)
                .collect();
            Ok(Observation::present()
                .with("region", region.as_str())
                .with("public_access_blocked", open.is_empty())
                .with("public_access_open", open))
        }
    }
}

pub(super) async fn head(
    session: &Session,
    moment: &Moment,
    bucket: &str,
) -> Result<std::sync::Arc<Head>, ProbeError> {
    moment
        .once(format!("HeadBucket {bucket}"), async {
            match session.s3.head_bucket().bucket(bucket).send().await {
                // Any web server answers 200 to a HEAD; AWS also numbers its answers.
                Ok(head) if head.request_id().is_none() => Err(not_aws()),
                Ok(head) => Ok(Head::Here {
                    region: head
                        .bucket_region
                        .unwrap_or_else(|| session.region().to_owned()),
                }),
                Err(error) => refused_head(error, session.region()),
            }
        })
        .await
}

fn not_aws() -> ProbeError {
    ProbeError {
        kind: ProbeErrorKind::Service,
        operation: "HeadBucket".to_owned(),
        message: "a resposta não está no formato da AWS".to_owned(),
    }
}

/// `HeadBucket` has no body: the status and a header say why it was refused.
fn refused_head(error: SdkError<HeadBucketError>, here: &str) -> Result<Head, ProbeError> {
    if error.raw_response().is_some_and(|raw| !is_from_aws(raw)) {
        return Err(not_aws());
    }
    let raw = error.raw_response().map(|raw| {
        (
            raw.status().as_u16(),
            raw.headers().get("x-amz-bucket-region").map(str::to_owned),
        )
    });
    match raw {
        Some((404, _)) => Ok(Head::Absent),
        // Expired credentials are a 400 too, from the Region asked.
        Some((301 | 400, Some(region))) if region != here => Ok(Head::Elsewhere { region }),
        Some((400 | 403, _)) => Ok(Head::Refused),
        _ => Err(fault("HeadBucket", &error)),
    }
}

async fn bucket_names(
    session: &Session,
    moment: &Moment,
) -> Result<std::sync::Arc<Vec<String>>, ProbeError> {
    moment
        .once("ListBuckets".to_owned(), async {
            let list = session
                .s3
                .list_buckets()
                .send()
                .await
                .map_err(|e| fault("ListBuckets", &e))?;
            Ok(list
                .buckets()
                .iter()
                .filter_map(|b| b.name().map(str::to_owned))
                .collect::<Vec<_>>())
        })
        .await
}

pub(super) async fn object(
    session: &Session,
    args: &S3ObjectArgs,
) -> Result<Observation, ProbeError> {
    let get = session
        .s3
        .get_object()
        .bucket(&args.bucket)
        .key(&args.key)
        .send()
        .await;
    let Some(object) = found("GetObject", get)? else {
        return Ok(Observation::absent().notes(sibling(session, args).await));
    };
    let content_type = object.content_type.clone().unwrap_or_default();
    let bytes = object.body.collect().await.map_err(|e| ProbeError {
        kind: ProbeErrorKind::Service,
        operation: "GetObject".to_owned(),
        message: e.to_string(),
    })?;
    let bytes = bytes.into_bytes();
    let text = String::from_utf8_lossy(&bytes);
    let mut seen = Observation::present()
        .with("size", bytes.len())
        .with("content_type", content_type)
        .with("text", text.as_ref());
    if let Ok(json @ Value::Object(_)) = serde_json::from_slice(&bytes) {
        seen = seen.with("json", json);
    }
    Ok(seen)
}

/// An object whose key only nearly is the one looked for: the usual mistake is
/// a key that kept its first folder, or lost its ending.
async fn sibling(session: &Session, args: &S3ObjectArgs) -> Option<String> {
    let folder = args.key.split_inclusive('/').next()?;
    let name = args.key.rsplit('/').next()?;
    let stem = name.split('.').next()?;
    let list = session
        .s3
        .list_objects_v2()
        .bucket(&args.bucket)
        .prefix(folder)
        .max_keys(1000)
        .send()
        .await
        .ok()?;
    let other = list
        .contents()
        .iter()
        .filter_map(|o| o.key())
        // It may have come meanwhile.
        .find(|key| key.contains(stem) && *key != args.key)?;
    Some(format!(
        "há um objeto `{other}`; o lab espera `{}`",
        args.key
    ))
}

pub(super) async fn notification(
    session: &Session,
    moment: &Moment,
    args: &S3NotificationArgs,
) -> Result<Observation, ProbeError> {
    let all = moment
        .once(
            format!("GetBucketNotificationConfiguration {}", args.bucket),
            async {
                found(
                    "GetBucketNotificationConfiguration",
                    session
                        .s3
                        .get_bucket_notification_configuration()
                        .bucket(&args.bucket)
                        .send()
                        .await,
                )
            },
        )
        .await?;
    let Some(all) = all.as_ref() else {
        return Ok(Observation::absent());
    };
    let (mine, others): (Vec<_>, Vec<_>) = all
        .lambda_function_configurations()
        .iter()
        .partition(|c| arn::function(c.lambda_function_arn()) == args.function);
    let mut notes = Vec::new();
    for other in others {
        notes.push(format!(
            "há uma notificação para `{}`",
            other.lambda_function_arn()
        ));
    }
    if !all.queue_configurations().is_empty() || !all.topic_configurations().is_empty() {
        notes.push("há notificações para filas ou tópicos; o lab espera a função".to_owned());
    }
    let Some(first) = mine.first() else {
        return Ok(Observation::absent().notes(notes));
    };
    let filter = |name: &FilterRuleName| {
        first
            .filter()
            .and_then(|f| f.key())
            .into_iter()
            .flat_map(aws_sdk_s3::types::S3KeyFilter::filter_rules)
            // AWS answers `Prefix`, the CLI is given `prefix`.
            .find(|rule| {
                rule.name()
                    .is_some_and(|n| n.as_str().eq_ignore_ascii_case(name.as_str()))
            })
            .and_then(|rule| rule.value())
            .unwrap_or_default()
            .to_owned()
    };
    let mut events: Vec<String> = first
        .events()
        .iter()
        .map(|e| e.as_str().to_owned())
        .collect();
    events.sort();
    Ok(Observation::present()
        .with("events", events)
        .with("prefix", filter(&FilterRuleName::Prefix))
        .with("suffix", filter(&FilterRuleName::Suffix))
        .with("count", mine.len())
        .with("qualifier", qualifier_of(first).unwrap_or_default())
        .notes(notes))
}

/// The version or alias in a notification's ARN.
fn qualifier_of(configuration: &LambdaFunctionConfiguration) -> Option<&str> {
    configuration.lambda_function_arn().split(':').nth(7)
}

pub(super) async fn put(
    session: &Session,
    bucket: &str,
    key: &str,
    json: &Value,
) -> Result<Acted, ProbeError> {
    let body = match json {
        Value::String(text) => text.clone().into_bytes(),
        other => serde_json::to_vec_pretty(other).unwrap_or_default(),
    };
    let call = session
        .s3
        .put_object()
        .bucket(bucket)
        .key(key)
        .content_type("application/json")
        .body(ByteStream::from(body));
    once!(aws_sdk_s3, call)
        .send()
        .await
        .map(|_| Acted::default())
        .map_err(|e| {
            missing(fault("PutObject", &e), || {
                format!("o bucket `{bucket}` não existe")
            })
        })
}

pub(super) async fn delete(
    session: &Session,
    bucket: &str,
    key: &str,
) -> Result<Acted, ProbeError> {
    session
        .s3
        .delete_object()
        .bucket(bucket)
        .key(key)
        .send()
        .await
        .map(|_| Acted::default())
        .map_err(|e| fault("DeleteObject", &e))
}

/// Says in the lab's words what an action missed.
pub(super) fn missing(error: ProbeError, sentence: impl Fn() -> String) -> ProbeError {
    if error.kind == ProbeErrorKind::Missing {
        ProbeError {
            message: sentence(),
            ..error
        }
    } else {
        error
    }
}
