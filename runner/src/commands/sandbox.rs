use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::json;

use super::check::interrupted;
use super::context::Context;
use crate::error::CliError;
use crate::sandbox::{Progress, Running, Sandbox, StartOptions, Status};
use crate::ui::live::Live;
use crate::ui::{prompt, style};

/// Liga, desliga e mostra o sandbox local
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Sub,
}

#[derive(Debug, clap::Subcommand)]
enum Sub {
    /// Liga o sandbox; na primeira vez, prepara um ambiente Python só dele
    #[command(alias = "ligar")]
    Start(StartArgs),
    /// Desliga o sandbox, guardando o que há nele
    #[command(alias = "desligar")]
    Stop,
    /// Mostra se o sandbox está ligado, e onde
    #[command(alias = "situacao")]
    Status,
    /// Mostra o log do sandbox
    Logs(LogsArgs),
    /// Apaga tudo o que há no sandbox, de todos os labs
    #[command(alias = "apagar")]
    Reset(ResetArgs),
}

#[derive(Debug, clap::Args)]
struct StartArgs {
    /// Porta em 127.0.0.1; sem esta opção, uma livre, que é lembrada
    #[arg(long, value_name = "PORTA")]
    port: Option<u16>,
    /// Python 3.10 ou mais novo para preparar o ambiente
    #[arg(long, value_name = "ARQUIVO", env = "LAB_PYTHON", hide_env = true)]
    python: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct LogsArgs {
    /// Quantas linhas, a partir do fim
    #[arg(long, short = 'n', value_name = "LINHAS", default_value_t = 50)]
    lines: usize,
    /// Continua mostrando o que for escrito, até Ctrl-C
    #[arg(long, short)]
    follow: bool,
}

#[derive(Debug, clap::Args)]
struct ResetArgs {
    /// Não pergunta antes
    #[arg(long)]
    yes: bool,
    /// Só diz o que seria apagado
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,
}

pub(super) fn run(context: &Context, args: Args) -> Result<ExitCode, CliError> {
    match args.command {
        Sub::Start(args) => {
            let options = StartOptions {
                port: args.port,
                python: args.python,
            };
            let running = context.block_on(start(context, options))??;
            context.out.json(&state_json(&running));
            let word = if running.fresh {
                "ligado"
            } else {
                "já estava ligado"
            };
            context.out.line(format!(
                "Sandbox {word} em {}",
                style::command(&running.endpoint)
            ));
        }
        Sub::Stop => {
            let stopped = context.block_on(context.sandbox().stop())??;
            context
                .out
                .json(&json!({ "version": 1, "stopped": stopped }));
            context.out.line(if stopped {
                "Sandbox desligado; o que havia nele foi guardado."
            } else {
                "O sandbox já estava desligado."
            });
        }
        Sub::Status => return status(context),
        Sub::Logs(args) => logs(context, &args)?,
        Sub::Reset(args) => reset(context, &args)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Starts the sandbox, saying what is being done.
pub(super) async fn start(context: &Context, options: StartOptions) -> Result<Running, CliError> {
    start_this(context, &context.sandbox(), options).await
}

/// Starts one of several sandboxes, saying what is being done.
pub(super) async fn start_this(
    context: &Context,
    sandbox: &Sandbox,
    options: StartOptions,
) -> Result<Running, CliError> {
    let live = Live::start(context.out, "");
    let started = sandbox.start(&options, &teller(context, &live)).await;
    live.end();
    Ok(started?)
}

/// Makes the sandbox's programs, the AWS CLI among them, without starting it.
pub(super) async fn install(context: &Context) -> Result<(), CliError> {
    let live = Live::start(context.out, "");
    let installed = context.sandbox().install(&teller(context, &live)).await;
    live.end();
    Ok(installed?)
}

fn teller(context: &Context, live: &Live) -> impl Fn(Progress) + Send + Sync + use<> {
    let shown = live.clone();
    let moves = context.out.moves();
    move |progress: Progress| {
        // Where every message is a line of its own, one line a package is too many.
        if moves
            || !matches!(progress, Progress::Installing { done, total } if done > 1 && done < total)
        {
            shown.say(&words(&progress));
        }
    }
}

fn words(progress: &Progress) -> String {
    match progress {
        Progress::WaitingForOther => {
            "outro comando está ligando ou desligando o sandbox; esperando".to_owned()
        }
        Progress::FindingPython => "procurando um Python 3.10 ou mais novo".to_owned(),
        Progress::CreatingEnvironment { tool } => {
            format!("preparando o ambiente do sandbox, só desta vez (com {tool})")
        }
        Progress::Installing { done, total } => {
            format!("instalando os pacotes do sandbox: {done} de {total}")
        }
        Progress::Starting { port } => format!("ligando o sandbox em 127.0.0.1:{port}"),
        Progress::Waiting { seconds } => format!("esperando o sandbox responder ({seconds} s)"),
        Progress::Ready => String::new(),
    }
}

fn state_json(running: &Running) -> serde_json::Value {
    json!({
        "version": 1,
        "status": "running",
        "endpoint": running.endpoint,
        "port": running.port,
        "pid": running.pid,
        "ministack": running.version,
        "started": running.started.to_string(),
    })
}

fn status(context: &Context) -> Result<ExitCode, CliError> {
    let out = context.out;
    match context.block_on(context.sandbox().status())?? {
        Status::Running(running) => {
            out.json(&state_json(&running));
            out.line(format!(
                "{} em {}",
                style::good("ligado"),
                style::command(&running.endpoint)
            ));
            out.line(format!(
                "MiniStack {}, processo {}, desde {}",
                running.version,
                running.pid,
                local(running.started)
            ));
            Ok(ExitCode::SUCCESS)
        }
        Status::Stopped { installed } => {
            out.json(&json!({ "version": 1, "status": "stopped", "installed": installed }));
            out.line("desligado");
            if !installed {
                out.line(
                    "O ambiente ainda não foi preparado: o primeiro `lab sandbox start` faz isso.",
                );
            }
            Ok(ExitCode::from(3))
        }
        Status::Crashed { pid, log_tail, .. } => {
            out.json(&json!({ "version": 1, "status": "crashed", "pid": pid, "log": log_tail }));
            out.line(format!(
                "{} (era o processo {pid}); as últimas linhas do log:",
                style::bad("caiu")
            ));
            out.line(style::dim(&log_tail));
            out.line(style::inline_code("→ ligue de novo com `lab sandbox start`; objetos do S3 são guardados, o resto volta ao último estado salvo"));
            Ok(ExitCode::from(3))
        }
        Status::Unresponsive { pid, port, .. } => {
            out.json(&json!({ "version": 1, "status": "unresponsive", "pid": pid, "port": port }));
            out.line(format!(
                "{}: o processo {pid} não responde na porta {port}",
                style::wait("sem resposta")
            ));
            out.line(style::inline_code(
                "→ `lab sandbox stop` e depois `lab sandbox start`",
            ));
            Ok(ExitCode::from(3))
        }
    }
}

fn local(time: jiff::Timestamp) -> String {
    time.to_zoned(jiff::tz::TimeZone::system())
        .strftime("%d/%m/%Y %H:%M")
        .to_string()
}

/// How long a log that is followed is left alone.
const FOLLOW_PAUSE: std::time::Duration = std::time::Duration::from_millis(200);

fn logs(context: &Context, args: &LogsArgs) -> Result<(), CliError> {
    let path = context.sandbox().log_path();
    let fail = |e: std::io::Error| CliError::io(format!("o log {}", path.display()), &e);
    let mut file = match std::fs::File::open(&path) {
        Ok(file) => file,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            return Err(CliError::environment(
                "o sandbox ainda não foi ligado, e não há log",
            ));
        }
        Err(e) => return Err(fail(e)),
    };
    let mut text = Vec::new();
    file.read_to_end(&mut text).map_err(fail)?;
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().collect();
    for line in &lines[lines.len().saturating_sub(args.lines)..] {
        context.out.line(line);
    }
    context.out.json(&json!({ "version": 1, "path": path, "lines": lines[lines.len().saturating_sub(args.lines)..] }));
    if !args.follow || context.out.json {
        return Ok(());
    }
    file.seek(SeekFrom::End(0)).map_err(fail)?;
    let mut reader = BufReader::new(file);
    context.block_on(async {
        let pressed = interrupted();
        tokio::pin!(pressed);
        let mut line = String::new();
        loop {
            while reader.read_line(&mut line).map_err(fail)? > 0 {
                context.out.line(line.trim_end());
                line.clear();
            }
            tokio::select! {
                () = &mut pressed => return Ok(()),
                () = tokio::time::sleep(FOLLOW_PAUSE) => {}
            }
        }
    })?
}

fn reset(context: &Context, args: &ResetArgs) -> Result<(), CliError> {
    let out = context.out;
    out.line(
        "Isto apaga tudo o que há no sandbox: os recursos de todos os labs, em todas as contas.",
    );
    out.line("Ficam: o ambiente Python, o seu progresso e as suas pastas de trabalho.");
    if args.dry_run {
        out.json(&json!({ "version": 1, "wiped": false }));
        return Ok(());
    }
    if !args.yes {
        if !out.asks() {
            return Err(CliError::usage("sem um terminal, confirme com `--yes`"));
        }
        if !prompt::confirm("Apagar?")? {
            out.line("Nada foi apagado.");
            return Ok(());
        }
    }
    context.block_on(context.sandbox().wipe())??;
    out.json(&json!({ "version": 1, "wiped": true }));
    out.line(style::inline_code(
        "Pronto. Ligue de novo com `lab sandbox start`.",
    ));
    Ok(())
}
