use std::io::ErrorKind;
use std::net::Ipv4Addr;
use std::process::{ExitCode, Stdio};
use std::sync::Arc;

use serde_json::json;
use tokio::net::TcpListener;
use tokio::process::Command;

use super::desk::Live;
use super::warn;
use crate::book::serve::{Keys, Pages, serve};
use crate::book::{Edition, build};
use crate::commands::check::interrupted;
use crate::commands::context::Context;
use crate::core::Course;
use crate::error::CliError;
use crate::ui::style;

/// Abre o livro no navegador, com os seus nomes, as suas verificações e as perguntas
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// O lab em que o livro abre; sem ele, a primeira página
    #[arg(value_name = "LAB")]
    lab: Option<String>,
    /// A porta em 127.0.0.1; sem isto, uma que esteja livre
    #[arg(long, value_name = "PORTA")]
    port: Option<u16>,
    /// Abre o navegador, também fora de um terminal
    #[arg(long, conflicts_with = "no_open")]
    open: bool,
    /// Não abre o navegador, só mostra o endereço
    #[arg(long)]
    no_open: bool,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<ExitCode, CliError> {
    let course = context.course()?;
    let page = match &args.lab {
        None => String::new(),
        Some(name) => {
            let settings = context.settings()?;
            let lab = context.lab(&course, &settings, Some(name))?;
            format!("labs/{}.html", lab.id)
        }
    };
    let pages = pages(context, &course)?;
    let keys = Keys::new().map_err(|e| CliError::environment(e.to_string()))?;
    context.block_on(until_stopped(context, args, course, pages, keys, &page))?
}

/// Builds the book for its reader and takes it into memory.
pub(super) fn pages(context: &Context, course: &Course) -> Result<Pages, CliError> {
    // What is remembered may be unreadable: the book is there all the same.
    let settings = context.settings().ok();
    let reader = settings.map(|settings| context.reader(&settings));
    let edition = Edition::Served(reader);
    let dir = tempfile::tempdir().map_err(|e| CliError::io("a pasta temporária", &e))?;
    let built = build(&context.source, course.clone(), edition, dir.path())?;
    warn(context, &built.warnings);
    Ok(Pages::read(dir.path())?)
}

async fn until_stopped(
    context: &Context,
    args: &Args,
    course: Course,
    pages: Pages,
    keys: Keys,
    page: &str,
) -> Result<ExitCode, CliError> {
    let listener = listen(args.port).await?;
    let port = listener
        .local_addr()
        .map_err(|e| CliError::io("a porta do livro", &e))?
        .port();
    let address = |key: &str| format!("http://127.0.0.1:{port}/{page}?chave={key}");
    let shown = address(keys.shown());
    let out = context.out;
    out.line(format!("{} o livro está aberto", style::good("✔")));
    out.line(format!("  {}", style::command(&shown)));
    out.line("  O endereço tem uma chave só desta vez: não o passe adiante.");
    out.line("Para fechar, Ctrl-C.");
    out.json(&json!({ "version": 1, "url": shown, "port": port }));
    let opens = args.open || (!args.no_open && out.asks());
    if let Some(once) = keys.once().filter(|_| opens)
        && !open(&address(&once))
    {
        out.note("Não encontrei um navegador: abra o endereço você mesmo.");
    }
    let desk = Arc::new(Live::new(context.clone(), course));
    let stopping = Arc::clone(&desk);
    let stop = async move {
        interrupted().await;
        stopping.stop();
    };
    let served = serve(listener, pages, Arc::new(keys), desk.clone(), stop).await;
    // What a check made is taken back before the program ends.
    desk.finished().await;
    served.map_err(|e| CliError::io("o livro parou", &e))?;
    out.line("O livro foi fechado.");
    Ok(ExitCode::SUCCESS)
}

async fn listen(port: Option<u16>) -> Result<TcpListener, CliError> {
    let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, port.unwrap_or(0))).await;
    bound.map_err(|error| match (error.kind(), port) {
        (ErrorKind::AddrInUse, Some(port)) => {
            CliError::environment(format!("a porta {port} já está em uso"))
                .hint("escolha outra com `--port`, ou deixe a opção de fora para usar uma livre")
        }
        (ErrorKind::PermissionDenied, Some(port)) => {
            CliError::environment(format!("o sistema não deixa usar a porta {port}"))
                .hint("escolha uma acima de 1023")
        }
        _ => CliError::io("não foi possível abrir uma porta em 127.0.0.1", &error),
    })
}

/// Asks the system for its browser; whether something was started.
fn open(address: &str) -> bool {
    let (program, arguments): (&str, &[&str]) = if cfg!(windows) {
        ("rundll32", &["url.dll,FileProtocolHandler"])
    } else if cfg!(target_os = "macos") {
        ("open", &[])
    } else {
        ("xdg-open", &[])
    };
    let mut command = Command::new(program);
    command.args(arguments).arg(address);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.spawn().is_ok()
}
