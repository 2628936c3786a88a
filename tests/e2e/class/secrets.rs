//! The keys by which a class's accounts are entered, in no output and no file.

use std::fs;
use std::sync::{Arc, Mutex};

use super::roles::{SECRET, by_role, enrol};
use super::school::{Entry, School};
use crate::support::{Answer, Ran, Secrets, Server, passed_on, shared};

const TEACHER: &str = "chave-de-quem-ensina/4f7a+9c";
const FILE: [&str; 2] = ["chave-colada/no+arquivo-81", "ficha-colada-no-arquivo-82=="];
const VARIABLE: [&str; 2] = [
    "chave-colada/na+variavel-91",
    "ficha-colada-na-variavel-92==",
];

/// Pasted credentials, as a portal shows them.
fn pasted(account: &str, [secret, token]: [&str; 2]) -> String {
    format!(
        "[default]\naws_access_key_id={account}\naws_secret_access_key={secret}\naws_session_token={token}\n"
    )
}

/// The sandbox, and the credentials that it gives to who assumes a role.
fn listening() -> (Server, Arc<Mutex<Vec<String>>>) {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let to = Arc::clone(&heard);
    let server = Server::answering(move |request| {
        let answer = passed_on(shared().endpoint(), request);
        if let Answer::Raw(bytes) = &answer
            && request.body.contains("Action=AssumeRole")
        {
            let body = String::from_utf8_lossy(bytes);
            let found = ["SecretAccessKey", "SessionToken"].map(|name| {
                let rest = body.split_once(&format!("<{name}>"));
                let (_, rest) = rest.unwrap_or_else(|| panic!("no {name} in {body}"));
                rest.split('<').next().unwrap().trim().to_owned()
            });
            to.lock().unwrap().extend(found);
        }
        answer
    });
    (server, heard)
}

#[test]
fn no_command_of_a_class_shows_or_writes_a_key() {
    let names = ["ana", "bia", "cora", "duda"];
    let plain = names.map(|id| Entry {
        id,
        name: id,
        more: "",
    });
    let school = School::new(&plain);
    let teacher = format!("6{:011}", fastrand::u64(..100_000_000_000));
    enrol(&school, "ana", "ana", &teacher);
    let role = by_role(&school, "ana", SECRET);
    let more = [
        role.as_str(),
        "access.credentials_file = \"segredos/bia.txt\"",
        "access.credentials_env = \"CHAVES_DA_CORA\"",
        "",
    ];
    let entries: Vec<Entry<'_>> = names
        .into_iter()
        .zip(more)
        .map(|(id, more)| Entry { id, name: id, more })
        .collect();
    school.write_roster(&entries);
    let class = school.folder("turma");
    fs::create_dir(class.join("segredos")).unwrap();
    let file = class.join("segredos/bia.txt");
    fs::write(&file, pasted(&school.pupil("bia").account, FILE)).unwrap();
    let variable = pasted(&school.pupil("cora").account, VARIABLE);

    let (server, heard) = listening();
    let mut told = Vec::new();
    let mut run = |arguments: &[&str]| {
        let mut command = school.command(arguments);
        command
            .env("AWS_ENDPOINT_URL", server.endpoint())
            .env("AWS_ACCESS_KEY_ID", &teacher)
            .env("AWS_SECRET_ACCESS_KEY", TEACHER)
            .env("CHAVES_DA_CORA", &variable)
            .env("RUST_LOG", "trace");
        let ran = Ran::run(command);
        assert!(!matches!(ran.code, 2 | 4 | 101), "{arguments:?}: {ran}");
        told.push((arguments.join(" "), ran.clone()));
        ran
    };
    for arguments in [
        &["list"][..],
        &["list", "--json"],
        &["check"],
        &["check", "--json"],
        &["grade", "--lab", "01"],
        &["report", "--html", "turma.html"],
        &["report", "--json"],
        &["export", "--format", "csv"],
        &["export", "--format", "json"],
    ] {
        run(arguments);
    }
    let graded = run(&["grade", "--lab", "01", "--anew", "--json"]);
    let results = graded.json()["results"].clone();
    let reached = results.as_array().unwrap().iter();
    assert_eq!(
        reached.filter(|r| r["reached"] == true).count(),
        4,
        "{graded}"
    );
    let plan = run(&["plan", "--json"]);
    let text = |field: &str| plan.json()[field].as_str().unwrap().to_owned();
    let (file_of_plan, hash) = (text("file"), text("hash"));
    run(&["reset", "--plan", &file_of_plan, "--dry-run"]);
    run(&["reset", "--plan", &file_of_plan, "--yes", &hash, "--json"]);

    for id in names {
        assert_eq!(
            school.grades(id).len(),
            2,
            "{id} was graded twice: {graded}"
        );
    }
    let heard = heard.lock().unwrap().clone();
    assert!(!heard.is_empty(), "a role was assumed");
    let known = [SECRET, TEACHER, FILE[0], FILE[1], VARIABLE[0], VARIABLE[1]];
    let secrets = Secrets::of(heard.into_iter().chain(known.map(str::to_owned)));
    for (what, ran) in &told {
        secrets.not_in(what, ran);
    }
    let roster = class.join("turma.toml");
    let read = secrets.not_below(school.home.path(), &[&file, &roster]);
    assert!(read > 8, "grades, a page, exports, a plan: {read}");
    // A sandbox has the secrets of roles by right: they are its own.
    let pasted = Secrets::of([TEACHER, FILE[0], FILE[1], VARIABLE[0], VARIABLE[1]]);
    pasted.not_in_the_sandbox(&shared().dir);
}
