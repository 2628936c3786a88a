use aws_sdk_s3::Client;
use aws_sdk_s3::operation::list_buckets::ListBucketsOutput;
use aws_sdk_s3::types::{Delete, NotificationConfiguration, ObjectIdentifier};

use super::{Done, Seen, Things, call, link, pages, there};
use crate::aws::errors::{fault, gone};
use crate::aws::session::Session;
use crate::core::{Api, Kind, Pace, ProbeError, ProbeErrorKind, Thing};

const API: &[Api] = &[Api::S3];

/// All buckets of the account, in whatever Region, or the one with a name.
pub(super) async fn buckets(session: &Session, pace: &dyn Pace, name: Option<&str>) -> Things {
    let mut all = Vec::new();
    let call = || {
        session
            .s3
            .list_buckets()
            .set_prefix(name.map(str::to_owned))
    };
    pages!(
        pace,
        API,
        "ListBuckets",
        call(),
        set_continuation_token(continuation_token),
        |page: ListBucketsOutput| {
            for bucket in page.buckets.unwrap_or_default() {
                let mut thing = Thing::new(Kind::S3Bucket, bucket.name().unwrap_or_default());
                thing.id = bucket
                    .bucket_region()
                    .unwrap_or(session.region())
                    .to_owned();
                thing.made = bucket
                    .creation_date()
                    .map(ToString::to_string)
                    .unwrap_or_default();
                all.push(thing);
            }
        }
    );
    if let Some(name) = name {
        all.retain(|bucket| bucket.name == name);
    }
    Ok(all)
}

pub(super) async fn bucket(session: &Session, thing: &Thing, pace: &dyn Pace) -> Seen {
    let named = buckets(session, pace, Some(&thing.name)).await?;
    let Some(mut now) = named.into_iter().next() else {
        return Ok(None);
    };
    // A bucket answers only in its own Region.
    let s3 = session.s3_in(&now.id);
    let answer = call!(pace, API, s3.get_bucket_tagging().bucket(&now.name));
    let tags = there("GetBucketTagging", answer)?.map(|answer| answer.tag_set);
    let tags = tags.unwrap_or_default().into_iter();
    now.tags = tags.map(|t| (t.key, t.value)).collect();
    let call = s3.get_bucket_notification_configuration().bucket(&now.name);
    let Some(notified) = there("GetBucketNotificationConfiguration", call!(pace, API, call))?
    else {
        return Ok(None);
    };
    for function in notified.lambda_function_configurations() {
        link(&mut now, function.lambda_function_arn());
    }
    for queue in notified.queue_configurations() {
        link(&mut now, queue.queue_arn());
    }
    for topic in notified.topic_configurations() {
        link(&mut now, topic.topic_arn());
    }
    Ok(Some(now))
}

/// A bucket goes after all versions of its objects; before these, what would
/// tell functions of each deletion.
pub(super) async fn delete(session: &Session, thing: &Thing, pace: &dyn Pace) -> Done {
    let s3 = session.s3_in(&thing.id);
    match empty(&s3, &thing.name, pace).await {
        Err(error) if error.kind == ProbeErrorKind::Missing => return Ok(()),
        emptied => emptied?,
    }
    let answer = call!(pace, &[], s3.delete_bucket().bucket(&thing.name));
    gone(answer.map_err(|e| fault("DeleteBucket", &e)))
}

async fn empty(s3: &Client, bucket: &str, pace: &dyn Pace) -> Done {
    let call = s3.put_bucket_notification_configuration().bucket(bucket);
    let silent = NotificationConfiguration::builder().build();
    call!(pace, API, call.notification_configuration(silent))
        .map_err(|e| fault("PutBucketNotificationConfiguration", &e))?;
    let answer = call!(pace, API, s3.delete_bucket_policy().bucket(bucket));
    gone(answer.map_err(|e| fault("DeleteBucketPolicy", &e)))?;
    uploads(s3, bucket, pace).await?;
    // What is deleted is in no later list: always the first page.
    loop {
        let page = call!(pace, API, s3.list_object_versions().bucket(bucket));
        let page = page.map_err(|e| fault("ListObjectVersions", &e))?;
        let versions = page.versions().iter().map(|v| (v.key(), v.version_id()));
        let markers = page
            .delete_markers()
            .iter()
            .map(|m| (m.key(), m.version_id()));
        let doomed: Vec<ObjectIdentifier> = versions
            .chain(markers)
            .filter_map(|(key, version)| {
                ObjectIdentifier::builder()
                    .key(key?)
                    .set_version_id(version.map(str::to_owned))
                    .build()
                    .ok()
            })
            .collect();
        if doomed.is_empty() {
            return Ok(());
        }
        let delete = Delete::builder()
            .set_objects(Some(doomed))
            .quiet(true)
            .build();
        let delete = delete.map_err(|e| refused(&e.to_string()))?;
        let answer = call!(pace, API, s3.delete_objects().bucket(bucket).delete(delete));
        let answer = answer.map_err(|e| fault("DeleteObjects", &e))?;
        // Quiet: only what was not deleted is told.
        if let Some(error) = answer.errors().first() {
            let key = error.key().unwrap_or_default();
            let error = fault_of(error.code().unwrap_or_default(), key, error.message());
            return Err(error);
        }
    }
}

/// Uploads that nobody finished: their parts cost money and are in no list of
/// objects.
async fn uploads(s3: &Client, bucket: &str, pace: &dyn Pace) -> Done {
    loop {
        let page = call!(pace, API, s3.list_multipart_uploads().bucket(bucket));
        let page = page.map_err(|e| fault("ListMultipartUploads", &e))?;
        for upload in page.uploads() {
            let call = s3.abort_multipart_upload().bucket(bucket);
            let call = call
                .set_key(upload.key.clone())
                .set_upload_id(upload.upload_id.clone());
            let answer = call!(pace, API, call);
            gone(answer.map_err(|e| fault("AbortMultipartUpload", &e)))?;
        }
        if page.is_truncated() != Some(true) || page.uploads().is_empty() {
            return Ok(());
        }
    }
}

fn fault_of(code: &str, key: &str, message: Option<&str>) -> ProbeError {
    let kind = match code {
        "AccessDenied" => ProbeErrorKind::Denied,
        "SlowDown" => ProbeErrorKind::Throttled,
        "InternalError" | "ServiceUnavailable" => ProbeErrorKind::Service,
        _ => ProbeErrorKind::Refused,
    };
    ProbeError {
        kind,
        operation: "DeleteObjects".to_owned(),
        message: format!("{code}: {key}: {}", message.unwrap_or_default()),
    }
}

fn refused(message: &str) -> ProbeError {
    ProbeError {
        kind: ProbeErrorKind::Refused,
        operation: "DeleteObjects".to_owned(),
        message: message.to_owned(),
    }
}
