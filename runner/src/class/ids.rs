use sha2::{Digest, Sha256};

/// Ids name files and markers in accounts.
pub(super) fn is_id(id: &str) -> bool {
    let rest = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
    id.len() <= 40
        && id.chars().all(rest)
        && id.starts_with(|c: char| c.is_ascii_alphanumeric())
        && !id.ends_with('.')
}

/// The account of a role's ARN.
pub(super) fn role_account(arn: &str) -> Option<String> {
    let mut parts = arn.splitn(6, ':');
    let whole = parts.next()? == "arn"
        && parts.next()?.starts_with("aws")
        && parts.next()? == "iam"
        && parts.next()?.is_empty();
    let account = parts.next()?;
    let role = parts.next()?.starts_with("role/");
    let digits = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    (whole && role && digits).then(|| account.to_owned())
}

/// An account of a sandbox for whoever has none: always the same one, and never
/// that of a single learner.
pub(super) fn sandbox_account(class: &str, learner: &str) -> String {
    let digest = Sha256::digest(format!("{class}/{learner}").as_bytes());
    let number = digest
        .iter()
        .take(8)
        .fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    format!("7{:011}", number % 100_000_000_000)
}
