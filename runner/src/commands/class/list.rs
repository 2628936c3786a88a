use std::path::Path;
use std::process::ExitCode;

use serde_json::json;

use super::room;
use crate::commands::context::Context;
use crate::core::Access;
use crate::error::CliError;
use crate::ui::{style, words};

pub(super) fn run(context: &Context, class: Option<&Path>) -> Result<ExitCode, CliError> {
    let roster = room::roster(class)?;
    let out = context.out;
    let learners: Vec<_> = roster
        .learners
        .iter()
        .map(|l| {
            json!({
                "id": l.id, "name": l.name, "account": l.account, "region": l.region,
                "prefix": l.prefix, "access": way(&l.access).0,
            })
        })
        .collect();
    out.json(
        &json!({ "version": 1, "class": roster.id, "course": roster.course, "learners": learners }),
    );
    out.line(format!(
        "{} {}",
        style::strong(&roster.course),
        style::dim(&format!(
            "· {} · {}",
            roster.id,
            words::count(roster.learners.len(), "aluno", "alunos")
        ))
    ));
    let width = |of: fn(&crate::class::Learner) -> &str| {
        let lengths = roster.learners.iter().map(|l| of(l).chars().count());
        lengths.max().unwrap_or_default()
    };
    let (ids, names) = (width(|l| &l.id), width(|l| &l.name));
    for learner in &roster.learners {
        let (_, shown) = way(&learner.access);
        out.line(format!(
            "  {:<ids$}  {:<names$}  {}  {}  {}",
            learner.id,
            learner.name,
            learner.account,
            learner.region,
            style::dim(&shown)
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// How an account is entered: the word of the file, and for people.
fn way(access: &Access) -> (&'static str, String) {
    match access {
        Access::Role { arn, .. } => ("role", format!("papel {arn}")),
        Access::Profile(name) => ("profile", format!("perfil {name}")),
        Access::CredentialsFile(file) => (
            "credentials_file",
            format!("credenciais em {}", file.display()),
        ),
        Access::CredentialsEnv(name) => ("credentials_env", format!("credenciais em ${name}")),
        Access::Sandbox { endpoint } => (
            "sandbox",
            endpoint
                .as_ref()
                .map_or_else(|| "sandbox".to_owned(), |url| format!("sandbox em {url}")),
        ),
    }
}
