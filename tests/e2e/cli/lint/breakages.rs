//! One thing is broken at a time; exactly that is told, and nothing else.

use std::fmt::Write as _;

use super::{FIRST, FIRST_SOLUTION, IDS, LAB, NEAR_MISS, QUIZ, SOLUTIONS, line, told};
use crate::support::Course;

/// What is broken, and what must be told: the rule, the file, and a part of the
/// broken file on whose last line it is; an empty one stands for the whole file.
type Breakage = (
    fn(&Course),
    &'static [(&'static str, &'static str, &'static str)],
);

#[test]
fn exactly_what_is_broken_is_told() {
    let mut wrong = String::new();
    let all = [
        FINE, CHECKS, WORDS, QUESTIONS, TEXTS, COMMANDS, MISTAKES, COURSE,
    ];
    for (number, (break_it, expected)) in all.concat().iter().enumerate() {
        let course = Course::copy();
        break_it(&course);
        let mut expected: Vec<_> = expected
            .iter()
            .map(|(rule, file, part)| {
                (
                    (*rule).to_owned(),
                    (*file).to_owned(),
                    line(&course, file, part),
                )
            })
            .collect();
        let mut found = told(&course, &[]);
        found.sort();
        expected.sort();
        if found != expected {
            writeln!(wrong, "{number}: {found:?}\n    in place of {expected:?}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// How checks depend on each other, look, drive and clean up.
const CHECKS: &[Breakage] = &[
    (
        |c| c.edit(LAB, "needs = [\"existe\"]", "needs = [\"existee\"]"),
        &[("reference", LAB, "needs = [\"existee\"")],
    ),
    (
        |c| {
            c.edit(
                LAB,
                "needs = [\"existe\"]",
                "needs = [\"existe\", \"tabela/chave\"]",
            );
        },
        &[("needs-later", LAB, "\"existe\", \"tabela/chave\"]")],
    ),
    (
        |c| {
            let says = "says  = \"A tabela `{tabela}` tem";
            c.edit(LAB, says, &format!("needs = [\"sob-demanda\"]\n{says}"));
        },
        &[
            ("cycle", LAB, "id    = \"chave\""),
            ("cycle", LAB, "id    = \"sob-demanda\""),
        ],
    ),
    (
        |c| {
            c.edit(
                LAB,
                "until.dynamodb_item = { table = \"{tabela}\", key = { numero = \"{nota.numero}\" } }\n",
                "",
            );
        },
        &[(
            "anchor",
            LAB,
            "json = \"{nota}\" } },\n]\nprobe.dynamodb_item = { table = \"{tabela}\", key = { numero = \"{outra.nota.numero}\" } }",
        )],
    ),
    (
        |c| c.edit(LAB, "expect.region.equals", "expect.regiao.equals"),
        &[("fact", LAB, "expect.regiao")],
    ),
    (
        |c| {
            c.edit(
                LAB,
                "expect.count.equals    = 1",
                "expect.count.equals    = \"um\"",
            );
        },
        &[("matcher", LAB, "expect.count.equals    = \"um\"")],
    ),
    (
        |c| {
            c.edit(
                LAB,
                "within = \"20s\"\nexpect.item.contains",
                "expect.item.contains",
            );
        },
        &[(
            "within",
            LAB,
            "\"tabela/chave\"]\ndo    = [{ s3_put = { bucket = \"{bucket}\", key = \"entrada/{nota.numero}.json\"",
        )],
    ),
    (
        |c| {
            c.edit(
                LAB,
                "clean = [{ s3_delete = { bucket = \"{bucket}\", key = \"rejeitadas/{invalida.nome}-d.json\" } }]\n",
                "",
            );
        },
        &[(
            "clean",
            LAB,
            "probe.s3_object = { bucket = \"{bucket}\", key = \"rejeitadas/{invalida.nome}-d.json\" }",
        )],
    ),
    (
        |c| c.edit(LAB, "{ table = \"{tabela}\" }", "{ table = \"{tabla}\" }"),
        &[("placeholder", LAB, "\"{tabla}\"")],
    ),
    (
        |c| {
            c.edit(
                LAB,
                "key = \"entrada/{arquivo.acento}\"",
                "key = \"entrada/{arquivo.acentos}\"",
            );
        },
        &[("placeholder", LAB, "{arquivo.acentos}")],
    ),
    (
        |c| {
            c.edit(
                LAB,
                "book  = \"labs/notas-fiscais.html#bucket\"",
                "book  = \"bucket.md\"",
            );
        },
        &[("book-form", LAB, "\"bucket.md\"")],
    ),
];

/// What `lab.toml` says to people, and its names.
const WORDS: &[Breakage] = &[
    // A hint removed.
    (
        |c| {
            let text = c.read(LAB);
            let at = text.find("  \"O tipo texto se escreve").unwrap();
            let end = at + text[at..].find('\n').unwrap() + 1;
            c.write(LAB, format!("{}{}", &text[..at], &text[end..]));
        },
        &[("hint-count", LAB, "\"{tabela}\" }]\nhints = [")],
    ),
    (
        |c| {
            let text = c.read(LAB);
            let mut hints = text.lines().filter(|l| {
                l.starts_with("  \"A permissão precisa") || l.starts_with("  \"São duas coisas")
            });
            let (first, second) = (hints.next().unwrap(), hints.next().unwrap());
            c.edit(LAB, second, first);
        },
        &[(
            "hint-duplicate",
            LAB,
            "--bucket {bucket}`.\",\n  \"São duas coisas",
        )],
    ),
    (
        |c| c.edit(LAB, "  \"O tipo texto se escreve", "  \" \",#"),
        &[("hint-empty", LAB, "\" \",#")],
    ),
    (
        |c| c.edit(LAB, "\"`aws dynamodb create-table", "\"Crie a tabela.\", #"),
        &[("hint-command", LAB, "\"Crie a tabela.\"")],
    ),
    (
        |c| c.edit(LAB, "hint  = \"Valide antes", "hint  = \"\" #"),
        &[("hint-empty", LAB, "hint  = \"\"")],
    ),
    (
        |c| c.edit(LAB, "pelas quatro travas\"", "pelas quatro travas.\""),
        &[("says", LAB, "pelas quatro travas.\"")],
    ),
    (
        |c| {
            c.edit(
                LAB,
                "says  = \"O papel pode ler",
                "says  = \"o papel pode ler",
            );
        },
        &[("says", LAB, "says  = \"o papel pode ler")],
    ),
    (
        |c| c.edit(LAB, "\"A tabela das notas\"", "\"\""),
        &[("title-missing", LAB, "title  = \"\"")],
    ),
    (
        |c| c.edit(LAB, "points = 10", "points = 11"),
        &[("points-sum", LAB, "\"Consulta pela API\"\npoints = 10")],
    ),
    (
        |c| {
            c.edit(LAB, "points = 15", "points = 0");
            c.edit(LAB, "points = 20", "points = 35");
        },
        &[("points-step", LAB, "points = 0")],
    ),
    (
        |c| {
            let text = "text   = \"passo-1-bucket.md\"";
            c.edit(LAB, text, &format!("{text}\nbuilt = true"));
        },
        &[("built-step", LAB, "built = true")],
    ),
    (
        |c| c.edit(LAB, "solution_cost = 5", "solution_cost = 10"),
        &[("solution-cost", LAB, "solution_cost = 10")],
    ),
    (
        |c| c.edit(LAB, "cost    = \"Na AWS,", "cost    = \"nada\" # "),
        &[("cost", LAB, "cost    = \"nada\"")],
    ),
    (
        |c| c.edit(LAB, "minutes = 75", "minutes = 0"),
        &[("minutes", LAB, "minutes = 0")],
    ),
    (
        |c| {
            c.edit(
                LAB,
                "title  = \"A tabela das notas\"",
                "title  = \"A {nota.numero}\"",
            );
        },
        &[("placeholder", LAB, "title  = \"A {nota.numero}")],
    ),
    (
        |c| c.edit(LAB, "[names]\n", "[names]\nfila = \"{prefix}-fila\"\n"),
        &[("name-unused", LAB, "[names]\nfila")],
    ),
    (
        |c| {
            c.edit(
                LAB,
                "[samples.outra]",
                "[samples.sobra]\nx = \"date\"\n\n[samples.outra]",
            );
        },
        &[("sample-unused", LAB, "[samples.sobra")],
    ),
    (
        |c| c.edit(LAB, "[samples.outra]", "[samples.outra]\nOutro = \"date\""),
        &[("name-format", LAB, "Outro")],
    ),
    (
        |c| {
            c.edit(
                LAB,
                "[samples.arquivo]\nacento",
                "[samples.arquivo]\nsem = { text = \"{nada}\" }\nacento",
            );
        },
        &[("sample", LAB, "\"{nada}\"")],
    ),
    (
        |c| c.edit(LAB, "to = \"funcao\"", "to = \"funcoes\""),
        &[("map-arrow", LAB, "to = \"funcoes\"")],
    ),
    (
        |c| {
            c.edit(
                LAB,
                "checks = [\"papel/escrita\", \"gatilho/ponta-a-ponta\"]",
                "",
            );
        },
        &[(
            "map-checks",
            LAB,
            "[[map.arrow]]\nfrom = \"bucket\"\nto = \"funcao\"\nlabel = \"ObjectCreated em entrada/*.json\"\nchecks = [\"gatilho/notificacao\", \"gatilho/permissao\"]\n\n[[map.arrow]]",
        )],
    ),
    (
        |c| c.edit(LAB, "minutes = 75", "minuts = 75"),
        &[("toml", LAB, "minuts")],
    ),
];

/// The quiz.
const QUESTIONS: &[Breakage] = &[
    (
        |c| c.edit(QUIZ, "answer.answer = \"Decimal\"", "answer.answer = \"\""),
        &[("quiz-answer", QUIZ, "answer.answer = \"\"")],
    ),
    (
        |c| {
            c.edit(
                QUIZ,
                "prompt.response = \"short\"",
                "prompt.response = \"short\"\nprompt.distractors = [\"float\"]",
            );
        },
        &[("quiz-options", QUIZ, "id = \"notas-fiscais-decimal\"")],
    ),
    (
        |c| {
            let id = "notas-fiscais-a-mais";
            let more = "type = \"ShortAnswer\"\nprompt.prompt = \"Q?\"\nanswer.answer = \"a\"\ncontext = \"c\"\n";
            c.write(
                QUIZ,
                format!("{}\n[[questions]]\nid = \"{id}\"\n{more}", c.read(QUIZ)),
            );
            c.edit(IDS, "notas-fiscais/quiz/notas-fiscais-bloqueio", "notas-fiscais/quiz/notas-fiscais-a-mais\nnotas-fiscais/quiz/notas-fiscais-bloqueio");
        },
        &[("quiz-count", QUIZ, "id = \"notas-fiscais-a-mais")],
    ),
    (
        |c| {
            c.edit(
                QUIZ,
                "\"O S3 executa o código Python dentro do próprio bucket.\" =",
                "#",
            );
        },
        &[("quiz-reason", QUIZ, "\"O S3 executa o código Python")],
    ),
    (
        |c| {
            c.edit(
                QUIZ,
                "prompt.prompt = \"Por que a chave",
                "prompt.prompt = \"\" # \"",
            );
        },
        &[("quiz-prompt", QUIZ, "prompt.prompt = \"\"")],
    ),
    (
        |c| c.edit(QUIZ, "context = \"Escolhe-se `N`", "context = \" \" # "),
        &[("quiz-context", QUIZ, "context = \" \"")],
    ),
    (
        |c| {
            c.edit(
                QUIZ,
                "  \"O código roda no navegador de quem envia a nota fiscal.\",\n",
                "",
            );
        },
        &[(
            "quiz-reason",
            QUIZ,
            "[questions.reasons]\n\"A AWS cuida das máquinas, e você paga pelo uso do código.\" = \"Certo: as máquinas existem, mas ligar, atualizar e ampliar é trabalho da AWS, e função parada não custa execução.\"\n\"O código",
        )],
    ),
];

/// What looks like a mistake and is none, and its neighbours that are.
const FINE: &[Breakage] = &[
    // Braces are placeholders only where a name is nearly known.
    (
        |c| {
            c.edit(
                FIRST,
                "Crie o bucket:",
                "Crie `{chave}`, `{campo}` e `{nota}`:",
            );
        },
        &[],
    ),
    (
        |c| {
            let code = "```python\nprint(f\"{buckets} {nota.numero}\")\n```\n\nCrie o bucket:";
            c.edit(FIRST, "Crie o bucket:", code);
        },
        &[],
    ),
    (
        |c| {
            c.edit(
                FIRST,
                "Crie o bucket:",
                "LEIA «AMANHÃ», “MAÇÃ” e TODO o resto, nº 3 — NÃO pule:",
            );
        },
        &[],
    ),
    (
        |c| {
            let links = "[a](https://aws.amazon.com/pt/), [b](passo-2-tabela.md#cuidado), [c](#por-quê), [d](starter) e `[e](nada)`:";
            c.edit(FIRST, "Crie o bucket:", links);
        },
        &[],
    ),
    (|c| c.write(FIRST, c.read(FIRST).replace('\n', "\r\n")), &[]),
    // A synchronous call is over when it returns.
    (
        |c| c.edit(LAB, "within = \"2s\"\nexpect.item", "expect.item"),
        &[],
    ),
    // What the check itself put is taken back without being asked for.
    (
        |c| {
            c.edit(
                LAB,
                "probe.s3_object = { bucket = \"{bucket}\", key = \"rejeitadas/{invalida.nome}-d.json\" }",
                "probe.s3_object = { bucket = \"{bucket}\", key = \"entrada/{invalida.nome}-d.json\" }",
            );
        },
        &[],
    ),
    (
        |c| {
            c.edit(
                LAB,
                "says  = \"O papel pode ler",
                "says  = \"`papel` pode ler",
            );
        },
        &[],
    ),
    // What is skipped may wait through others.
    (
        |c| c.edit(NEAR_MISS, "skips = []", "skips = [\"gatilho/so-json\"]\n#"),
        &[("near-miss-skips", NEAR_MISS, "skips = [\"gatilho/so-json\"")],
    ),
    (
        |c| {
            c.edit(
                NEAR_MISS,
                "skips = []",
                "skips = [\"gatilho/so-json\", \"validacao/separada\"]",
            );
            c.edit(NEAR_MISS, "\"bucket/fechado\"", "\"bucket/existe\"");
        },
        &[],
    ),
];

/// Markdown, and what is in all files.
const TEXTS: &[Breakage] = &[
    (
        |c| {
            c.edit(
                FIRST,
                "Objetivo: o bucket `{bucket}`",
                "Objetivo: o bucket `{bukcet}`",
            );
        },
        &[("placeholder", FIRST, "{bukcet}")],
    ),
    (
        |c| c.edit(FIRST, "--bucket {bucket}", "--bucket {Bucket}"),
        &[("placeholder", FIRST, "{Bucket}")],
    ),
    (
        |c| {
            c.edit(
                "labs/01-notas-fiscais/starter/evento-s3.json",
                "{region}",
                "{regiao}",
            );
        },
        &[(
            "placeholder",
            "labs/01-notas-fiscais/starter/evento-s3.json",
            "{regiao}",
        )],
    ),
    (
        |c| c.edit(FIRST, "# Um bucket", "Um bucket"),
        &[("text-heading", FIRST, "Um bucket")],
    ),
    (
        |c| c.edit(FIRST, "Crie o bucket:", "Crie\to bucket:"),
        &[("text-tab", FIRST, "Crie\t")],
    ),
    (
        |c| c.edit(FIRST, "não tem pastas", "nÃ£o tem pastas"),
        &[("text-mojibake", FIRST, "nÃ£o")],
    ),
    (
        |c| c.edit(FIRST, "As aspas importam", "As aspas\u{7} importam"),
        &[("text-control", FIRST, "\u{7}")],
    ),
    (
        |c| {
            c.edit(
                FIRST,
                "Depois, ligue as travas.",
                "PREENCHA: ligue as travas.",
            );
        },
        &[("unfilled", FIRST, "PREENCHA")],
    ),
    (
        |c| {
            c.edit(
                LAB,
                "title  = \"A tabela das notas\"",
                "title  = \"PREENCHA: o título\"",
            );
        },
        &[("unfilled", LAB, "PREENCHA")],
    ),
    (
        |c| {
            c.edit(
                FIRST,
                "Crie o bucket:",
                "Crie o bucket, como em [outro](passo-9.md):",
            );
        },
        &[("link", FIRST, "passo-9.md")],
    ),
    (
        |c| {
            c.edit(
                FIRST,
                "Crie o bucket:",
                "Crie o bucket ([por quê](#por-que)):",
            );
        },
        &[("link", FIRST, "#por-que")],
    ),
    (
        |c| {
            let text = c.read(FIRST);
            let at = text.rfind("```").unwrap();
            c.write(FIRST, format!("{}{}", &text[..at], &text[at + 3..]));
        },
        &[("text-fence", FIRST, "## Confira\n\n```bash")],
    ),
    (
        |c| c.write("labs/01-notas-fiscais/fim.md", "  \n"),
        &[("text-empty", "labs/01-notas-fiscais/fim.md", "  ")],
    ),
    (
        |c| c.remove(FIRST),
        &[("file-missing", LAB, "\"passo-1-bucket.md\"")],
    ),
    (
        |c| c.remove("labs/01-notas-fiscais/abertura.md"),
        &[("file-missing", "labs/01-notas-fiscais/abertura.md", "")],
    ),
    (
        |c| c.write("labs/01-notas-fiscais/passo-8.md", "# Sobra\n"),
        &[("text-unused", "labs/01-notas-fiscais/passo-8.md", "")],
    ),
    (
        |c| c.write(FIRST, b"# Um bucket\n\nfun\xe7\xe3o\n"),
        &[("utf-8", FIRST, "")],
    ),
];

/// Reference solutions.
const COMMANDS: &[Breakage] = &[
    (
        |c| c.remove("solutions/01-notas-fiscais/5-gatilho"),
        &[("solution-missing", LAB, "[[step]]\nid     = \"gatilho\"")],
    ),
    (
        |c| c.write("solutions/01-notas-fiscais/5-gatilo/solution.toml", ""),
        &[("solution-stray", "solutions/01-notas-fiscais/5-gatilo", "")],
    ),
    (
        |c| c.edit(FIRST_SOLUTION, "\"Cria o bucket\"", "\"\""),
        &[("says", FIRST_SOLUTION, "says = \"\"")],
    ),
    (
        |c| {
            c.edit(
                FIRST_SOLUTION,
                "[\"aws\", \"s3\", \"mb\"",
                "[\"bash\", \"-c\", \"mb\"",
            );
        },
        &[("command-program", FIRST_SOLUTION, "\"bash\"")],
    ),
    (
        |c| c.write(FIRST_SOLUTION, "command = []\n"),
        &[("command-missing", FIRST_SOLUTION, "command = []")],
    ),
    (
        |c| c.edit(FIRST_SOLUTION, "s3://{bucket}", "s3://{balde}"),
        &[("placeholder", FIRST_SOLUTION, "{balde}")],
    ),
    (
        |c| {
            c.edit(
                &format!("{SOLUTIONS}/7-api/solution.toml"),
                "capture = \"raiz_id\"\n",
                "",
            );
        },
        &[(
            "placeholder",
            "solutions/01-notas-fiscais/7-api/solution.toml",
            "{raiz_id}",
        )],
    ),
    (
        |c| c.remove("solutions/01-notas-fiscais/5-gatilho/notificacao.json"),
        &[(
            "command-file",
            "solutions/01-notas-fiscais/5-gatilho/solution.toml",
            "file://notificacao.json",
        )],
    ),
];

/// Near misses.
const MISTAKES: &[Breakage] = &[
    (
        |c| {
            let like = "like = \"01-notas-fiscais/erro-9\"\nskips = []";
            c.edit(NEAR_MISS, "skips = []", like);
        },
        &[
            (
                "near-miss-like",
                NEAR_MISS,
                "like = \"01-notas-fiscais/erro-9\"",
            ),
            (
                "near-miss-like",
                NEAR_MISS,
                "like = \"01-notas-fiscais/erro-9\"",
            ),
        ],
    ),
    (
        |c| c.edit(LAB, "minutes = 75\n", "minutes = 75\nprepared = true\n"),
        &[(
            "preparation-missing",
            "solutions/01-notas-fiscais/preparo/solution.toml",
            "",
        )],
    ),
    (
        |c| c.edit(NEAR_MISS, "from = \"bucket\"", "from = \"balde\""),
        &[("reference", NEAR_MISS, "from = \"balde\"")],
    ),
    (
        |c| c.edit(NEAR_MISS, "\"bucket/fechado\"", "\"bucket/aberto\""),
        &[("reference", NEAR_MISS, "\"bucket/aberto\"")],
    ),
    (
        |c| c.edit(NEAR_MISS, "skips = []", "skips = [\"bucket/fechado\"]"),
        &[("near-miss-skips", NEAR_MISS, "skips = [\"bucket/fechado\"")],
    ),
    (
        |c| c.edit(NEAR_MISS, "skips = []", "skips = [\"tabela/chave\"]"),
        &[("near-miss-skips", NEAR_MISS, "skips = [\"tabela/chave\"")],
    ),
    (
        |c| c.edit(NEAR_MISS, "= \"travas\"", "= \"\""),
        &[("near-miss-message", NEAR_MISS, "\"bucket/fechado\"")],
    ),
    (
        |c| c.edit(NEAR_MISS, "\"bucket/fechado\" = \"travas\"\n", ""),
        &[("near-miss-fails", NEAR_MISS, "[fails]")],
    ),
    (
        |c| c.edit(NEAR_MISS, "= \"travas\"", "= \"travas de {balde}\""),
        &[("placeholder", NEAR_MISS, "{balde}")],
    ),
    (
        |c| c.edit(NEAR_MISS, "\"Desliga as travas\"", "\"Desliga as travas.\""),
        &[("says", NEAR_MISS, "\"Desliga as travas.\"")],
    ),
    (
        |c| c.remove(NEAR_MISS.trim_end_matches("/near-miss.toml")),
        &[(
            "near-miss-count",
            "solutions/01-notas-fiscais/near-misses",
            "",
        )],
    ),
    (
        |c| {
            c.rename(
                NEAR_MISS,
                "solutions/01-notas-fiscais/near-misses/erro-1/erro.toml",
            );
        },
        &[("file-missing", NEAR_MISS, "")],
    ),
    (
        |c| {
            let folder = NEAR_MISS.trim_end_matches("/near-miss.toml");
            c.rename(folder, &folder.replace("erro-1", "Erro_1"));
        },
        &[(
            "id-format",
            "solutions/01-notas-fiscais/near-misses/Erro_1",
            "",
        )],
    ),
];

/// `course.toml` and `ids.txt`.
const COURSE: &[Breakage] = &[
    (
        |c| c.edit("labs/course.toml", "[\"01-notas-fiscais\"]", "[]"),
        &[("course-labs", "labs/course.toml", "labs           = []")],
    ),
    (
        |c| {
            c.edit(
                "labs/course.toml",
                "[\"01-notas-fiscais\"]",
                "[\"01-notas-fiscais\",\n\"02-fila\"]",
            );
        },
        &[("course-labs", "labs/course.toml", "\"02-fila\"")],
    ),
    (
        |c| {
            c.edit(
                "labs/course.toml",
                "format_version = 1",
                "format_version = 2",
            );
        },
        &[("format-version", "labs/course.toml", "format_version = 2")],
    ),
    (
        |c| c.write("solutions/02-fila/1-fila/solution.toml", ""),
        &[("solution-stray", "solutions/02-fila", "")],
    ),
    (
        |c| c.edit(LAB, "id    = \"minimo\"", "id    = \"o-minimo\""),
        &[
            ("id-gone", IDS, "notas-fiscais/papel/minimo"),
            ("id-unrecorded", LAB, "id    = \"o-minimo\""),
        ],
    ),
    (
        |c| c.edit(LAB, "id      = \"notas-fiscais\"", "id      = \"notas\""),
        &[
            ("id-gone", IDS, "notas-fiscais"),
            ("id-unrecorded", LAB, "id      = \"notas\""),
        ],
    ),
    (
        |c| c.edit(LAB, "id    = \"minimo\"", "id    = \"mínimo\""),
        &[
            ("id-gone", IDS, "notas-fiscais/papel/minimo"),
            ("id-format", LAB, "id    = \"mínimo\""),
        ],
    ),
    (
        |c| c.edit(IDS, "notas-fiscais/papel/minimo\n", ""),
        &[("id-unrecorded", LAB, "id    = \"minimo\"")],
    ),
    (
        |c| {
            c.edit(
                IDS,
                "notas-fiscais/api\n",
                "notas-fiscais/api\nnotas-fiscais/api\n",
            );
        },
        &[("ids-order", IDS, "notas-fiscais/api\nnotas-fiscais/api")],
    ),
    (
        |c| {
            c.edit(LAB, "id    = \"so-seus-recursos\"", "id    = \"minimo\"");
            c.edit(IDS, "notas-fiscais/papel/so-seus-recursos\n", "");
        },
        &[(
            "id-duplicate",
            LAB,
            "de um recurso.\"\nbook  = \"labs/notas-fiscais.html#papel\"\n\n[[step.check]]\nid    = \"minimo\"",
        )],
    ),
];
