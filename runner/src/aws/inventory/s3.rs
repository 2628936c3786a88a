use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::DateTime;
use futures_util::future::{BoxFuture, try_join_all};

use super::answer::told;
use crate::aws::Session;
use crate::core::ProbeError;

type Lines = Result<Vec<String>, ProbeError>;

/// Buckets, what they are set to, and what they hold. Objects are told by their
/// content and the moment they were written; their tags are not looked at.
pub(super) async fn lines(session: &Session) -> Lines {
    let mut buckets = Vec::new();
    let mut token = None;
    loop {
        let call = session.s3.list_buckets().set_continuation_token(token);
        let (page, _) = told!("ListBuckets", call)?;
        for bucket in page.buckets() {
            // A bucket answers only in its own Region.
            let region = bucket.bucket_region().unwrap_or(session.region());
            let client = session.s3_in(region);
            buckets.push((client, bucket.name().unwrap_or_default().to_owned()));
        }
        token = page.continuation_token;
        if token.is_none() {
            break;
        }
    }
    let looks = buckets.iter().map(|(client, name)| bucket(client, name));
    let mut lines = try_join_all(looks).await?.concat();
    lines.extend(buckets.iter().filter_map(|(client, name)| {
        let region = client.config().region()?;
        Some(format!("s3_bucket {name} region {region}"))
    }));
    Ok(lines)
}

async fn bucket(s3: &Client, name: &str) -> Lines {
    let parts: [BoxFuture<'_, Lines>; 3] = [
        Box::pin(settings(s3, name)),
        Box::pin(objects(s3, name)),
        Box::pin(uploads(s3, name)),
    ];
    let mut lines = try_join_all(parts).await?.concat();
    lines.push(format!("s3_bucket {name}"));
    Ok(lines)
}

/// Each setting as the service writes it: XML, but for the policy.
async fn settings(s3: &Client, bucket: &str) -> Lines {
    macro_rules! settings {
        ($($name:literal $operation:literal $method:ident $(unless $code:literal)?;)*) => {{
            let looks: Vec<BoxFuture<'_, Result<Option<String>, ProbeError>>> = vec![$(Box::pin(async {
                let call = s3.$method().bucket(bucket);
                let body = settings!(@ask $operation, call $(, unless $code)?)?;
                let text = body.map(|body| body.text($operation)).transpose()?;
                Ok(text.map(|text| format!("s3_bucket {bucket} {} {text}", $name)))
            })),*];
            looks
        }};
        (@ask $operation:literal, $call:expr) => {
            told!($operation, $call).map(|(_, body)| Some(body))
        };
        (@ask $operation:literal, $call:expr, unless $code:literal) => {
            told!($operation, $call, unless $code)
        };
    }
    let looks = settings! {
        "acl" "GetBucketAcl" get_bucket_acl;
        "cors" "GetBucketCors" get_bucket_cors unless "NoSuchCORSConfiguration";
        "encryption" "GetBucketEncryption" get_bucket_encryption
            unless "ServerSideEncryptionConfigurationNotFoundError";
        "lifecycle" "GetBucketLifecycleConfiguration" get_bucket_lifecycle_configuration
            unless "NoSuchLifecycleConfiguration";
        "logging" "GetBucketLogging" get_bucket_logging;
        "notification" "GetBucketNotificationConfiguration" get_bucket_notification_configuration;
        "object_lock" "GetObjectLockConfiguration" get_object_lock_configuration
            unless "ObjectLockConfigurationNotFoundError";
        "ownership" "GetBucketOwnershipControls" get_bucket_ownership_controls
            unless "OwnershipControlsNotFoundError";
        "policy" "GetBucketPolicy" get_bucket_policy unless "NoSuchBucketPolicy";
        "public_access_block" "GetPublicAccessBlock" get_public_access_block
            unless "NoSuchPublicAccessBlockConfiguration";
        "replication" "GetBucketReplication" get_bucket_replication
            unless "ReplicationConfigurationNotFoundError";
        "tags" "GetBucketTagging" get_bucket_tagging unless "NoSuchTagSet";
        "versioning" "GetBucketVersioning" get_bucket_versioning;
        "website" "GetBucketWebsite" get_bucket_website unless "NoSuchWebsiteConfiguration";
    };
    Ok(try_join_all(looks).await?.into_iter().flatten().collect())
}

/// Every version of every object; one that was never versioned has `null`.
async fn objects(s3: &Client, bucket: &str) -> Lines {
    let mut lines = Vec::new();
    let (mut key, mut version) = (None, None);
    loop {
        let call = s3
            .list_object_versions()
            .bucket(bucket)
            .set_key_marker(key)
            .set_version_id_marker(version);
        let (page, _) = told!("ListObjectVersions", call)?;
        for object in page.versions() {
            lines.push(format!(
                "s3_object {bucket}/{} etag={} size={} modified={} version={}{}",
                object.key().unwrap_or_default(),
                object.e_tag().unwrap_or_default().trim_matches('"'),
                object.size().unwrap_or_default(),
                moment(object.last_modified()),
                object.version_id().unwrap_or("null"),
                latest(object.is_latest()),
            ));
        }
        for marker in page.delete_markers() {
            lines.push(format!(
                "s3_delete_marker {bucket}/{} modified={} version={}{}",
                marker.key().unwrap_or_default(),
                moment(marker.last_modified()),
                marker.version_id().unwrap_or("null"),
                latest(marker.is_latest()),
            ));
        }
        if page.is_truncated() != Some(true) {
            return Ok(lines);
        }
        (key, version) = (page.next_key_marker, page.next_version_id_marker);
    }
}

async fn uploads(s3: &Client, bucket: &str) -> Lines {
    let mut lines = Vec::new();
    let (mut key, mut id) = (None, None);
    loop {
        let call = s3
            .list_multipart_uploads()
            .bucket(bucket)
            .set_key_marker(key)
            .set_upload_id_marker(id);
        let (page, _) = told!("ListMultipartUploads", call)?;
        for upload in page.uploads() {
            lines.push(format!(
                "s3_multipart_upload {bucket}/{} id={}",
                upload.key().unwrap_or_default(),
                upload.upload_id().unwrap_or_default(),
            ));
        }
        if page.is_truncated() != Some(true) {
            return Ok(lines);
        }
        (key, id) = (page.next_key_marker, page.next_upload_id_marker);
    }
}

fn moment(at: Option<&DateTime>) -> String {
    at.map_or_else(String::new, ToString::to_string)
}

fn latest(latest: Option<bool>) -> &'static str {
    if latest == Some(true) { " latest" } else { "" }
}
