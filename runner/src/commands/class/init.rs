use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::json;

use crate::class::{ROSTER_FILE, template};
use crate::commands::context::Context;
use crate::error::CliError;
use crate::settings::random_tail;
use crate::ui::style;

/// Cria a pasta de uma turma: a lista de alunos e o modelo dos papéis
///
/// O que já existe na pasta fica como está. O modelo é do CloudFormation: cada
/// conta de aluno ganha com ele os dois papéis, um que corrige e um que limpa.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Pasta da turma; sem ela, a atual
    #[arg(value_name = "PASTA")]
    dir: Option<PathBuf>,
    /// Quantos alunos em contas do sandbox deste computador
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
    sandbox: Option<u16>,
    /// Quem corrige: o ARN que os papéis aceitam
    #[arg(long, value_name = "ARN")]
    instructor: Option<String>,
    /// Só escreve o modelo dos papéis na saída, e não cria nada
    #[arg(long, conflicts_with = "sandbox")]
    roles: bool,
}

/// The template's file in a class's folder.
const ROLES_FILE: &str = "papeis.json";

/// Credentials and what a run leaves are nobody's business but the teacher's.
const IGNORED: &str =
    "# Credenciais coladas e o que o `lab` anota enquanto corrige\nsegredos/\ncorrecao.json\n";

pub(super) fn run(
    context: &Context,
    args: &Args,
    class: Option<&Path>,
) -> Result<ExitCode, CliError> {
    let here = Path::new(".");
    let dir = args.dir.as_deref().or(class).unwrap_or(here);
    let dir = std::path::absolute(dir)
        .map_err(|e| CliError::io(format!("a pasta {}", dir.display()), &e))?;
    let name = dir.file_name().unwrap_or_default().to_string_lossy();
    let id = id_of(&name);
    let roles = format!("{:#}\n", template(&id, args.instructor.as_deref()));
    if args.roles {
        context.out.raw(&roles);
        return Ok(ExitCode::SUCCESS);
    }
    let files = [
        (ROSTER_FILE, roster(&id, &name, args.sandbox)),
        (ROLES_FILE, roles),
        (".gitignore", IGNORED.to_owned()),
    ];
    let fail = |path: &Path| {
        let path = path.display().to_string();
        move |e: std::io::Error| CliError::io(format!("não foi possível gravar {path}"), &e)
    };
    std::fs::create_dir_all(&dir).map_err(fail(&dir))?;
    let (mut written, mut kept) = (Vec::new(), Vec::new());
    for (name, text) in files {
        let path = dir.join(name);
        match std::fs::File::create_new(&path) {
            Ok(mut file) => {
                std::io::Write::write_all(&mut file, text.as_bytes()).map_err(fail(&path))?;
                written.push(name);
            }
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => kept.push(name),
            Err(e) => return Err(fail(&path)(e)),
        }
    }
    let out = context.out;
    out.json(&json!({ "version": 1, "folder": dir, "written": written, "kept": kept }));
    out.line(format!(
        "Turma em {}",
        style::command(&dir.display().to_string())
    ));
    for name in written {
        out.line(format!("  {} {name}", style::good("criado")));
    }
    for name in kept {
        out.line(format!("  {} {name}", style::dim("já estava lá")));
    }
    out.line("");
    let next = if args.sandbox.is_some() {
        format!("→ Ponha os nomes em {ROSTER_FILE} e confira as contas com `lab class check`.")
    } else {
        format!(
            "→ Escreva os alunos em {ROSTER_FILE}, crie os papéis de {ROLES_FILE} na conta de cada um, e confira com `lab class check`."
        )
    };
    out.line(style::inline_code(&next));
    Ok(ExitCode::SUCCESS)
}

/// An id for a class, of its folder's name.
fn id_of(name: &str) -> String {
    let id: String = crate::core::fold(name)
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .take(40)
        .collect();
    let id = id.trim_matches('-');
    if id.is_empty() {
        "turma".to_owned()
    } else {
        id.to_owned()
    }
}

fn roster(id: &str, course: &str, sandbox: Option<u16>) -> String {
    let course = toml_text(if course.is_empty() { id } else { course });
    let mut text = format!(
        "# A turma. `lab dev schema turma` descreve cada campo.\n\
         format_version = 1\n\
         id             = \"{id}\"\n\
         course         = {course}\n\
         # Contas que nunca são tocadas: a da organização e as de quem ensina.\n\
         # management   = \"999999999999\"\n\
         # instructors  = [\"888888888888\"]\n\
         # region       = \"us-east-1\"\n"
    );
    let Some(count) = sandbox else {
        let secret: String = (0..8).map(|_| random_tail()).collect();
        write!(text, "{}", EXAMPLES.replace("SEGREDO", &secret)).ok();
        return text;
    };
    // The names of buckets are shared by all accounts of a sandbox.
    let tail = random_tail();
    for number in 1..=count {
        write!(
            text,
            "\n[[learner]]\n\
             id      = \"aluno-{number:02}\"\n\
             name    = \"Aluno {number:02}\"\n\
             account = \"7{number:011}\"\n\
             prefix  = \"aluno-{number:02}-{tail}\"\n\
             access.sandbox = {{}}\n"
        )
        .ok();
    }
    text
}

fn toml_text(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// One of each kind, to be uncommented.
const EXAMPLES: &str = r#"
# Um [[learner]] para cada pessoa. Tire os `#` do jeito de entrar que for o seu.

# Um papel que a conta da pessoa concede a você (o modelo está em papeis.json).
# [[learner]]
# id     = "ana"
# name   = "Ana Conceição"
# email  = "ana@exemplo.edu.br"
# prefix = "ana-7k3f"            # o mesmo de `lab start --prefix`; sem ele, o id
# moodle = { username = "ana.conceicao" }
# canvas = { sis_user_id = "20261234", section = "Noite" }
# access.role = { arn = "arn:aws:iam::111122223333:role/LabGraderRead", external_id = "SEGREDO" }

# Credenciais temporárias coladas em um arquivo, como as do AWS Academy Learner Lab.
# [[learner]]
# id      = "beto"
# name    = "Beto Araújo"
# account = "222233334444"
# access.credentials_file = "segredos/beto.txt"

# Um perfil da sua configuração da AWS.
# [[learner]]
# id      = "clara"
# name    = "Clara Sá"
# account = "333344445555"
# access.profile = "clara"

# Uma conta do sandbox deste computador.
# [[learner]]
# id   = "davi"
# name = "Davi Luz"
# access.sandbox = {}
"#;
