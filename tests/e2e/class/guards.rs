//! What has to be so before anything of a class is deleted.

use super::school::{Entry, School};
use super::wiping::{ANA, BIA, look, make, plan, same};
#[cfg(unix)]
use crate::cli::{ENTER, Terminal};
use crate::inventory::{NUMBERED, forward};
use crate::support::{Answer, Ran, Server};

#[tokio::test]
async fn no_guard_can_be_walked_past() {
    let school = School::new(&[ANA, BIA]);
    let (ana, bia) = (school.pupil("ana"), school.pupil("bia"));
    make(ana, &["curso"]);
    make(bia, &["curso"]);
    let before = [look(ana).await, look(bia).await];
    let (file, hash, _) = plan(&school, &[], 0);
    let refused = |arguments: &[&str], says: &str| {
        let ran = school.class(&[&["reset", "--plan", &file], arguments].concat());
        let ran = ran.expect_code(2);
        assert!(ran.stderr.contains(says), "{says}: {ran}");
    };
    refused(&["--yes", &hash], "ainda não tem nota");
    refused(
        &["--discard-grades"],
        "sem um terminal, confirme com `--yes HASH`",
    );
    refused(
        &["--discard-grades", "--yes", "0123456789ab"],
        "não é o hash deste plano",
    );
    refused(
        &["--discard-grades", "--yes", &hash[..4]],
        "não é o hash deste plano",
    );
    refused(
        &["--discard-grades", "--yes", &hash, "--max-deletes", "3"],
        "permite 3",
    );
    refused(
        &["--discard-grades", "--yes", &hash, "--canary", "caio"],
        "deveria ser a primeira",
    );
    school
        .class(&["reset", "--plan", &file, "--discard-grades", "--dry-run"])
        .expect_code(0);
    let dry = ["--dry-run", "--discard-grades", "--json"];
    let dry = school.class(&[&["reset", "--plan", &file], &dry[..]].concat());
    let told = dry.expect_code(0).json();
    assert_eq!(
        (&told["plan"], &told["done"]),
        (&hash.as_str().into(), &false.into())
    );

    // Whoever the roster says now owns the account is not who the plan is about.
    school.write_roster(&[ANA]);
    refused(
        &["--discard-grades", "--yes", &hash],
        "`bia` do plano não está na turma",
    );
    let roster = school.read("turma.toml");
    let path = school.folder("turma").join("turma.toml");
    let mine = format!("management = \"{}\"\n\n[[learner]]", ana.account);
    std::fs::write(&path, roster.replace("[[learner]]", &mine)).unwrap();
    school
        .class(&["reset", "--plan", &file, "--discard-grades", "--yes", &hash])
        .expect_code(4);
    school.write_roster(&[ANA, BIA]);

    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("-notas\"", "-fotos\"")).unwrap();
    refused(
        &["--discard-grades", "--yes", &hash],
        "foi modificado depois de feito",
    );
    same(&before[0], &look(ana).await);
    same(&before[1], &look(bia).await);
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_phrase_with_the_counts_typed_at_a_terminal_begins_a_reset() {
    let school = School::new(&[ANA]);
    let ana = school.pupil("ana");
    make(ana, &["curso"]);
    let before = look(ana).await;
    let (file, _, plan) = plan(&school, &[], 0);
    let folder = school.folder("turma");
    let folder = folder.to_str().unwrap();
    let typed = |phrase: &str| {
        let reset = ["reset", "--plan", &file, "--discard-grades"];
        let arguments = [&["class", "--class", folder], &reset[..]].concat();
        let mut terminal = Terminal::lab(&school.home, &arguments);
        terminal.until("Frase:");
        terminal.press(&format!("{phrase}{ENTER}"));
        terminal.end()
    };
    let goes = plan["goes"].as_u64().unwrap();
    let phrase = |goes: u64| format!("limpar t-2026: 1 conta, {goes} recursos");
    for wrong in ["sim".to_owned(), String::new(), phrase(goes + 1)] {
        let (code, screen) = typed(&wrong);
        assert_eq!(code, 0, "{screen}");
        for said in [&*phrase(goes), "Nada foi removido."] {
            assert!(screen.contains(said), "«{said}» after «{wrong}»: {screen}");
        }
    }
    same(&before, &look(ana).await);
    let (code, screen) = typed(&phrase(goes));
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("1 conta limpa de 1"), "{screen}");
    assert!(look(ana).await.is_empty());
}

/// While it is not known which account is one's own, any could be.
#[test]
fn who_cannot_tell_their_own_account_resets_nobodys() {
    let teacher = format!("6{:011}", fastrand::u64(..100_000_000_000));
    let of_teacher = format!("Credential={teacher}/");
    let server = Server::answering(move |request| {
        if request.head.contains(&of_teacher) {
            let text = "<Error><Code>InternalFailure</Code><Message>x</Message></Error>";
            return Answer::Text(500, NUMBERED, text.to_owned());
        }
        forward(request)
    });
    let school = School::new(&[Entry {
        more: "access.credentials_env = \"CHAVES_ANA\"",
        ..ANA
    }]);
    let account = &school.pupil("ana").account;
    let keys = format!(
        "aws_access_key_id={account}\naws_secret_access_key=sandbox\naws_session_token=x\n"
    );
    let run = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = school.command(arguments);
        command
            .env("AWS_ENDPOINT_URL", server.endpoint())
            .env("CHAVES_ANA", &keys)
            .envs(variables.iter().copied());
        Ran::run(command)
    };
    let unknown = [
        ("AWS_ACCESS_KEY_ID", teacher.as_str()),
        ("AWS_SECRET_ACCESS_KEY", "sandbox"),
    ];
    let misnamed = [("AWS_PROFILE", "nao-existe")];
    for variables in [&unknown[..], &misnamed] {
        let ran = run(&["plan"], variables).expect_code(3);
        let said = "sem saber qual é a sua própria conta, nenhuma é limpa nem planejada";
        assert!(ran.stderr.contains(said), "{ran}");
    }
    assert!(!school.folder("turma").join("limpezas").exists());

    // Who has no credentials has no account of their own: the account is looked at.
    let ran = run(&["plan", "--json"], &[]).expect_code(3);
    let why = ran.json()["parts"][0]["refused"].to_string();
    assert!(why.contains("usuário raiz"), "{ran}");
    let own = [
        ("AWS_ACCESS_KEY_ID", account.as_str()),
        ("AWS_SECRET_ACCESS_KEY", "sandbox"),
    ];
    let ran = run(&["plan", "--json"], &own).expect_code(3);
    let why = ran.json()["parts"][0]["refused"].to_string();
    assert!(why.contains("é a sua, e nunca é limpa"), "{ran}");
}
