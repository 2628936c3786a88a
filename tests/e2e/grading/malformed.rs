//! A lab that its author wrote wrong: the place is shown, nobody is judged.

use std::path::Path;

use super::report::assert_valid;
use crate::support::{Home, repository};

/// One mistake: what is replaced by what, the text that the caret marks and
/// what the message says.
struct Mistake {
    right: &'static str,
    wrong: &'static str,
    marked: &'static str,
    says: &'static str,
}

const MISTAKES: &[Mistake] = &[
    Mistake {
        right: "minutes = 75",
        wrong: "minutos = 75",
        marked: "minutos",
        says: "campo desconhecido `minutos`",
    },
    Mistake {
        right: "probe.s3_notification",
        wrong: "probe.s3_notificacao",
        marked: "s3_notificacao",
        says: "valor desconhecido `s3_notificacao`",
    },
    Mistake {
        right: "expect.prefix.equals ",
        wrong: "expect.prefixo.equals ",
        marked: "prefixo",
        says: "a sonda `s3_notification` não tem o fato `prefixo`",
    },
    Mistake {
        right: "expect.status.equals = \"ACTIVE\"",
        wrong: "expect.status.at_least = 3",
        marked: "status",
        says: "esta comparação não serve para `status`, que é um texto",
    },
    Mistake {
        right: "probe.dynamodb_table = { table = \"{tabela}\" }",
        wrong: "probe.dynamodb_table = { table = \"{tabelas}\" }",
        marked: "{tabelas}",
        says: "você quis dizer `{tabela}`?",
    },
    Mistake {
        right: "needs = [\"existe\"]",
        wrong: "needs = [\"existir\"]",
        marked: "\"existir\"",
        says: "o check `existir` não existe",
    },
    Mistake {
        right: "id    = \"existe\"",
        wrong: "id    = \"existe\"\nneeds = [\"fechado\"]",
        marked: "\"existe\"",
        says: "dão a volta e chegam nele mesmo",
    },
    Mistake {
        right: "within = \"20s\"",
        wrong: "within = \"vinte\"",
        marked: "\"vinte\"",
        says: "duração inválida `vinte`",
    },
];

#[test]
fn the_caret_is_under_the_mistake() {
    let home = Home::untouched();
    let course = home.path().join("curso");
    copy(&repository().join("labs"), &course.join("labs"));
    copy(&repository().join("solutions"), &course.join("solutions"));
    let file = course.join("labs/01-notas-fiscais/lab.toml");
    let right = std::fs::read_to_string(&file).unwrap();
    let course = course.to_str().unwrap();
    for mistake in MISTAKES {
        assert!(right.contains(mistake.right), "{}", mistake.right);
        let wrong = right.replacen(mistake.right, mistake.wrong, 1);
        std::fs::write(&file, &wrong).unwrap();
        let at = wrong.find(mistake.wrong).unwrap();
        let at = at + mistake.wrong.find(mistake.marked).unwrap();
        let line = wrong[..at].matches('\n').count() + 1;
        let column = wrong[..at].rsplit('\n').next().unwrap().chars().count() + 1;

        let ran = home.lab(&["check", "--course", course]).expect_code(4);
        let told = format!("{}{}", ran.stdout, ran.stderr);
        assert!(told.contains(mistake.says), "{}\n{ran}", mistake.wrong);
        assert!(
            told.contains(&format!("lab.toml:{line}:{column}")),
            "{line}:{column}\n{ran}"
        );
        let mut lines = told
            .lines()
            .skip_while(|l| !l.starts_with(&format!("{line} |")));
        let (source, carets) = (lines.next().unwrap(), lines.next().unwrap());
        let start = carets.find('^').unwrap();
        let under: String = source
            .chars()
            .skip(start)
            .take(carets.matches('^').count())
            .collect();
        assert_eq!(under, mistake.marked, "{ran}");

        let ran = home
            .lab(&["check", "--json", "--course", course])
            .expect_code(4);
        let json = ran.json();
        assert_valid(&json);
        assert_eq!(json["error"]["kind"], "content");
        let finding = &json["error"]["findings"][0];
        assert_eq!(finding["line"], line, "{json:#}");
        assert!(finding["file"].as_str().unwrap().ends_with("lab.toml"));
    }

    // Cut off in the middle, as a copy that did not end.
    let cut = right.find("probe.s3_bucket").unwrap() + "probe.s3_bucket = { bu".len();
    std::fs::write(&file, &right[..cut]).unwrap();
    let line = right[..cut].matches('\n').count() + 1;
    let ran = home.lab(&["check", "--course", course]).expect_code(4);
    assert!(
        format!("{}{}", ran.stdout, ran.stderr).contains(&format!("lab.toml:{line}:")),
        "{ran}"
    );
    assert!(home.journal().is_empty(), "nobody was judged");
}

/// Copies a folder with all that is below it.
pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
