//! The sandbox's CloudWatch, where it was mended to do as AWS does.

use crate::support::{Ran, fixture, shared};

#[test]
fn alarms_and_filter_patterns_are_as_on_aws() {
    let account = format!("8{:011}", fastrand::u64(..100_000_000_000));
    let mut program = shared().python();
    program
        .env("AWS_ACCESS_KEY_ID", &account)
        .env("AWS_SECRET_ACCESS_KEY", "sandbox")
        .env_remove("AWS_SESSION_TOKEN")
        .arg(fixture("vigia.py"));
    Ran::run(program).expect_code(0);
}
