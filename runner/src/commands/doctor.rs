use std::path::Path;
use std::process::{Command, ExitCode};

use serde_json::json;

use super::context::Context;
use crate::apply::find;
use crate::aws::{CLOCK_MARGIN, Session, TargetKind};
use crate::error::{CliError, remedy};
use crate::sandbox::Status;
use crate::ui::{style, words};

/// Examina ferramentas, sandbox, credenciais e relógio
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

/// One line of the examination.
struct Finding {
    what: &'static str,
    state: State,
    text: String,
    help: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Good,
    Remark,
    Bad,
}

pub(super) fn run(context: &Context, _: &Args) -> Result<ExitCode, CliError> {
    let mut findings = vec![
        good(
            "lab",
            format!(
                "{} · {} {}",
                env!("CARGO_PKG_VERSION"),
                std::env::consts::OS,
                std::env::consts::ARCH
            ),
        ),
        writable(&context.home),
        course(context),
        journal(context),
    ];
    let settings = context.settings();
    let target = settings.as_ref().map_or(TargetKind::Sandbox, |s| s.target);
    match &settings {
        Ok(settings) => findings.push(good("prefixo", format!("`{}`", settings.prefix))),
        Err(error) => findings.push(bad(
            "ajustes",
            error.message.clone(),
            error.hints.first().cloned(),
        )),
    }
    findings.push(tool(
        "python",
        &["python3", "python"],
        &context.sandbox().bin_dir(),
        "o sandbox precisa do Python 3.10 ou mais novo",
    ));
    findings.push(old_cli(tool(
        "aws cli",
        &["aws"],
        &context.sandbox().bin_dir(),
        "o sandbox traz uma: rode `lab sandbox start` e depois `lab run -- aws …`",
    )));
    findings.push(tool(
        "node",
        &["node"],
        &context.sandbox().bin_dir(),
        "só é preciso para funções em Node.js",
    ));
    context.block_on(async {
        findings.push(sandbox(context).await);
        if target == TargetKind::Aws || context.sandbox().read_state().is_some() {
            account(context, target, &mut findings).await;
        }
    })?;

    let out = context.out;
    out.json(&json!({
        "version": 1,
        "findings": findings.iter().map(|f| json!({
            "what": f.what,
            "state": match f.state { State::Good => "ok", State::Remark => "remark", State::Bad => "problem" },
            "text": f.text, "help": f.help,
        })).collect::<Vec<_>>(),
    }));
    for finding in &findings {
        let word = match finding.state {
            State::Good => style::good(if out.plain {
                "OK      "
            } else {
                "✔ OK      "
            }),
            State::Remark => style::wait(if out.plain {
                "AVISO   "
            } else {
                "… AVISO   "
            }),
            State::Bad => style::bad(if out.plain {
                "PROBLEMA"
            } else {
                "✘ PROBLEMA"
            }),
        };
        out.line(format!(
            "{word} {:<12} {}",
            finding.what,
            style::inline_code(&finding.text)
        ));
        if let Some(help) = finding
            .help
            .as_ref()
            .filter(|_| finding.state != State::Good)
        {
            out.line(format!("             → {}", style::inline_code(help)));
        }
    }
    out.line("");
    let problems = findings.iter().filter(|f| f.state == State::Bad).count();
    out.line(if problems == 0 {
        "Tudo certo. Este texto pode ser colado em um pedido de ajuda: não tem segredos.".to_owned()
    } else {
        "Este texto pode ser colado em um pedido de ajuda: não tem segredos.".to_owned()
    });
    Ok(ExitCode::from(if problems == 0 { 0 } else { 3 }))
}

fn good(what: &'static str, text: impl Into<String>) -> Finding {
    Finding {
        what,
        state: State::Good,
        text: text.into(),
        help: None,
    }
}

fn bad(what: &'static str, text: impl Into<String>, help: Option<String>) -> Finding {
    Finding {
        what,
        state: State::Bad,
        text: text.into(),
        help,
    }
}

fn writable(home: &Path) -> Finding {
    let test = home.join(format!("doctor-{}", std::process::id()));
    let tried = std::fs::create_dir_all(home)
        .and_then(|()| std::fs::write(&test, b"ok"))
        .and_then(|()| std::fs::remove_file(&test));
    match tried {
        Ok(()) => good("dados", home.display().to_string()),
        Err(error) => {
            let cli = CliError::io(
                format!("não é possível gravar em {}", home.display()),
                &error,
            );
            bad("dados", cli.message, cli.hints.first().cloned())
        }
    }
}

fn course(context: &Context) -> Finding {
    match context.course() {
        Ok(course) => good(
            "curso",
            format!(
                "{} · {}",
                course.title,
                words::count(course.labs.len(), "lab", "labs")
            ),
        ),
        Err(error) => bad("curso", error.message, error.hints.first().cloned()),
    }
}

fn journal(context: &Context) -> Finding {
    match context.journal().read() {
        Ok(read) if read.warnings.is_empty() => good(
            "diário",
            words::count(read.records.len(), "registro", "registros"),
        ),
        Ok(read) => Finding {
            what: "diário",
            state: State::Remark,
            text: read.warnings.join("; "),
            help: None,
        },
        Err(error) => bad("diário", error.to_string(), None),
    }
}

/// Version 1 of the AWS CLI has no endpoint setting for some services.
fn old_cli(finding: Finding) -> Finding {
    if !finding.text.starts_with("aws-cli/1.") || finding.text.contains("sandbox") {
        return finding;
    }
    Finding {
        state: State::Remark,
        help: Some(
            "a versão 1 ignora o sandbox em `aws sqs`: instale a 2, ou use a do sandbox, que não tem esse defeito".to_owned(),
        ),
        ..finding
    }
}

/// Asks a program for its version.
fn tool(what: &'static str, names: &[&str], own: &Path, help: &str) -> Finding {
    let folders = [own.to_owned()];
    let found = names
        .iter()
        .find_map(|n| find(n, &[]))
        .or_else(|| names.iter().find_map(|n| find(n, &folders)));
    let Some(path) = found else {
        return Finding {
            what,
            state: State::Remark,
            text: "não encontrado".to_owned(),
            help: Some(help.to_owned()),
        };
    };
    let output = Command::new(&path).arg("--version").output();
    match output {
        Ok(output) if output.status.success() => {
            // Old programs answer on the error channel.
            let text = if output.stdout.is_empty() {
                output.stderr
            } else {
                output.stdout
            };
            let text = String::from_utf8_lossy(&text);
            good(
                what,
                format!(
                    "{} ({})",
                    text.lines().next().unwrap_or_default().trim(),
                    path.display()
                ),
            )
        }
        _ => Finding {
            what,
            state: State::Remark,
            text: format!("{} não responde a --version", path.display()),
            help: Some(help.to_owned()),
        },
    }
}

async fn sandbox(context: &Context) -> Finding {
    match context.sandbox().status().await {
        Ok(Status::Running(running)) => good(
            "sandbox",
            format!(
                "ligado em {} (MiniStack {})",
                running.endpoint, running.version
            ),
        ),
        Ok(Status::Stopped { .. }) => Finding {
            what: "sandbox",
            state: State::Remark,
            text: "desligado".to_owned(),
            help: Some("ligue com `lab sandbox start`".to_owned()),
        },
        Ok(Status::Crashed { .. }) => bad(
            "sandbox",
            "caiu",
            Some("veja `lab sandbox logs` e ligue de novo com `lab sandbox start`".to_owned()),
        ),
        Ok(Status::Unresponsive { .. }) => bad(
            "sandbox",
            "não responde",
            Some("`lab sandbox stop` e depois `lab sandbox start`".to_owned()),
        ),
        Err(error) => bad(
            "sandbox",
            error.to_string(),
            error.hints().into_iter().next(),
        ),
    }
}

async fn account(context: &Context, target: TargetKind, findings: &mut Vec<Finding>) {
    let connection = match context.connection(target) {
        Ok(connection) => connection,
        Err(error) => {
            return findings.push(bad("conta", error.message, error.hints.first().cloned()));
        }
    };
    let session = Session::connect(&connection).await;
    match session.identity().await {
        Ok(identity) => {
            let place = if target == TargetKind::Aws {
                "AWS"
            } else {
                "sandbox"
            };
            findings.push(good(
                "conta",
                format!("{} · {} · {place}", identity.account, identity.arn),
            ));
            findings.push(good("região", session.region()));
        }
        Err(error) => {
            let help = remedy(error.kind).map(str::to_owned);
            return findings.push(bad(
                "conta",
                format!("{}: {}", error.kind, error.message),
                help,
            ));
        }
    }
    match session.clock_skew().await {
        Ok(skew) if skew < CLOCK_MARGIN => findings.push(good(
            "relógio",
            format!("diferença de {} s", skew.as_secs()),
        )),
        Ok(skew) => findings.push(bad(
            "relógio",
            format!(
                "o relógio deste computador difere {} min do da AWS",
                skew.as_secs() / 60
            ),
            Some("ligue o ajuste automático de data e hora do sistema".to_owned()),
        )),
        Err(error) => findings.push(Finding {
            what: "relógio",
            state: State::Remark,
            text: error.message,
            help: None,
        }),
    }
    for (what, right) in session.rights().await {
        findings.push(match right {
            Ok(()) => good(what, "posso ler"),
            Err(error) => bad(
                what,
                format!("{}: {}", error.kind, error.message),
                remedy(error.kind).map(str::to_owned),
            ),
        });
    }
}
