//! The roles by which accounts are entered: they may do what the code calls,
//! and that is enough to grade.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use runner::class::{CALLS, Who};
use serde_json::{Value, json};

use super::school::{Entry, Hand, School, answered};
use super::wiping::{ANA, look, make, same};
use crate::architecture::{files, shown};
use crate::inventory::{forward, no};
use crate::support::{Home, Ran, Server, fixture, repository, shared};

/// The clients of `aws::Session`.
const CLIENTS: [&str; 11] = [
    "apigateway",
    "cloudwatch",
    "dynamodb",
    "events",
    "iam",
    "lambda",
    "logs",
    "s3",
    "sns",
    "sqs",
    "sts",
];

/// Files whose calls are not made in a learner's account by these roles:
/// neighbours are for proofs, the gradebook's table is the teacher's own, asking
/// who one is needs no right, and what is fuzzed reaches no account.
const ELSEWHERE: [&str; 4] = [
    "runner/src/aws/fuzz.rs",
    "runner/src/aws/neighbour.rs",
    "runner/src/aws/record_table.rs",
    "runner/src/aws/session.rs",
];

/// Whether a file only ever deletes, or tells what there is to delete.
fn resets(file: &str) -> bool {
    ["/inventory/", "/control/"]
        .iter()
        .any(|folder| file.contains(folder))
        || file.ends_with("/reset.rs")
        || file.ends_with("/remove.rs")
}

/// Every call in the code: client and method, with the files that make it.
fn calls() -> BTreeMap<(String, String), BTreeSet<String>> {
    let mut sources = Vec::new();
    files(&repository().join("runner/src/aws"), &["rs"], &mut sources);
    let mut found: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
    for path in sources {
        let file = shown(&path);
        if ELSEWHERE.contains(&file.as_str()) {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for client in CLIENTS {
            for (at, _) in text.match_indices(client) {
                let field = text[..at].ends_with('.') || text[..at].ends_with("let ");
                let bare = text[..at].ends_with([' ', '(', '\n', '&']);
                let rest = text[at + client.len()..].trim_start();
                let Some(rest) = rest.strip_prefix('.').filter(|_| field || bare) else {
                    continue;
                };
                let method: String = rest
                    .chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect();
                let call = rest[method.len()..].starts_with("()");
                // What every client and every list has.
                if call
                    && !["clone", "config", "iter", "sort", "len", "is_empty"]
                        .contains(&method.as_str())
                {
                    found
                        .entry((client.to_owned(), method))
                        .or_default()
                        .insert(file.clone());
                }
            }
        }
    }
    assert!(found.len() > 90, "{found:#?}");
    found
}

#[test]
fn the_roles_follow_from_what_the_code_calls() {
    let made = calls();
    let listed: BTreeMap<_, _> = CALLS
        .iter()
        .map(|c| ((c.client.to_owned(), c.method.to_owned()), c.who))
        .collect();
    assert_eq!(listed.len(), CALLS.len(), "a call is listed twice");
    let missing: Vec<_> = made
        .iter()
        .filter(|(call, _)| !listed.contains_key(*call))
        .collect();
    assert!(
        missing.is_empty(),
        "class/roles/calls.rs lacks {missing:#?}"
    );
    let unused: Vec<_> = listed
        .keys()
        .filter(|call| !made.contains_key(*call))
        .collect();
    assert!(unused.is_empty(), "nothing calls {unused:#?}");
    for (call, files) in &made {
        let who = listed[call];
        if files.iter().all(|file| resets(file)) {
            assert_eq!(who, Who::Resetter, "{call:?} is only in {files:?}");
        }
        if files.iter().any(|file| resets(file)) {
            assert_ne!(who, Who::Grader, "{call:?} is also in {files:?}");
        }
    }
}

pub(super) const SECRET: &str = "segredo-desta-pessoa-7k3f";

/// Makes the two roles in a learner's account, as the template says.
pub(super) fn enrol(school: &School, id: &str, marked: &str, teacher: &str) {
    enrol_by(school, id, marked, teacher, |_| {});
}

/// The same by a template that somebody changed.
fn enrol_by(
    school: &School,
    id: &str,
    marked: &str,
    teacher: &str,
    change: impl FnOnce(&mut Value),
) {
    let values = json!({
        "Class": "t-2026", "Learner": marked, "Prefix": school.pupil(id).prefix,
        "Instructor": format!("arn:aws:iam::{teacher}:root"), "ExternalId": SECRET,
    });
    let template = school
        .home
        .lab(&["class", "init", "turma", "--roles"])
        .expect_code(0);
    let path = school.folder("papeis.json");
    let mut template = template.json();
    change(&mut template);
    fs::write(&path, template.to_string()).unwrap();
    let account = &school.pupil(id).account;
    let mut python = shared().python();
    python
        .env("AWS_ACCESS_KEY_ID", account)
        .arg(fixture("papeis.py"))
        .arg(&path)
        .arg(account)
        .arg(values.to_string());
    Ran::run(python).expect_code(0);
}

/// What the roster says of somebody whose account is entered by the role.
pub(super) fn by_role(school: &School, id: &str, secret: &str) -> String {
    let account = &school.pupil(id).account;
    format!(
        "access.role = {{ arn = \"arn:aws:iam::{account}:role/LabGraderRead\", external_id = \"{secret}\" }}"
    )
}

/// `lab class` with the credentials of the one who teaches.
fn as_teacher(school: &School, account: &str, arguments: &[&str]) -> Ran {
    let mut command = school.command(arguments);
    command
        .env("AWS_ENDPOINT_URL", shared().endpoint())
        .env("AWS_ACCESS_KEY_ID", account)
        .env("AWS_SECRET_ACCESS_KEY", "sandbox");
    answered(Ran::run(command))
}

/// Takes minutes, so it is asked for: `cargo test --test e2e class::roles -- --ignored`.
#[tokio::test]
#[ignore = "solves every lab"]
async fn the_role_is_enough_for_every_lab() {
    let mut hand = Hand::new();
    // Labs have resources in common, so each has a learner of its own.
    let labs = hand.labs();
    let entry = |id, more| Entry { id, name: id, more };
    let plain: Vec<Entry<'_>> = labs.iter().map(|id| entry(id.as_str(), "")).collect();
    let school = School::new(&plain);
    let teacher = format!("6{:011}", fastrand::u64(..100_000_000_000));
    for id in &labs {
        enrol(&school, id, id, &teacher);
        hand.solve(school.pupil(id), id, 99).await;
    }
    let access: Vec<String> = labs.iter().map(|id| by_role(&school, id, SECRET)).collect();
    let both = labs.iter().zip(&access);
    let entries: Vec<Entry<'_>> = both
        .map(|(id, more)| entry(id.as_str(), more.as_str()))
        .collect();
    school.write_roster(&entries);
    for id in &labs {
        let asked = ["grade", "--json", "--learner", id, "--lab", id];
        let graded = as_teacher(&school, &teacher, &asked).expect_code(0);
        let result = &graded.json()["results"][0];
        let points = &result["points"];
        let why = &school.grades(id)[0];
        assert_eq!(
            points["earned"], points["max"],
            "{result}\n{graded}\n{why:#}"
        );
    }
}

#[tokio::test]
async fn an_account_is_entered_and_graded_by_its_role() {
    let names = ["ana", "bia", "cora", "duda"];
    let plain = names.map(|id| Entry {
        id,
        name: id,
        more: "",
    });
    let school = School::new(&plain);
    let teacher = format!("6{:011}", fastrand::u64(..100_000_000_000));
    for id in ["ana", "bia", "cora"] {
        let marked = if id == "cora" { "outra-pessoa" } else { id };
        enrol(&school, id, marked, &teacher);
    }
    let mut hand = Hand::new();
    for lab in ["primeira-funcao", "notas-fiscais"] {
        hand.solve(school.pupil("ana"), lab, 99).await;
    }
    let access = names.map(|id| {
        let wrong = id == "bia";
        by_role(
            &school,
            id,
            if wrong {
                "outro-segredo-qualquer"
            } else {
                SECRET
            },
        )
    });
    let entries: Vec<Entry<'_>> = names
        .iter()
        .zip(&access)
        .map(|(id, more)| Entry { id, name: id, more })
        .collect();
    school.write_roster(&entries);
    let as_teacher = |arguments: &[&str]| as_teacher(&school, &teacher, arguments);
    let check = as_teacher(&["check", "--json"]).expect_code(3);
    let answer = check.json();
    let learners = answer["learners"].as_array().unwrap();
    let told = |index: usize| learners[index]["findings"].to_string();
    assert_eq!(learners[0]["ready"], true, "{check}");
    assert!(
        told(0).contains(":assumed-role/LabGraderRead/lab-t-2026"),
        "{check}"
    );
    assert!(told(0).contains("role/LabReset, e posso limpar"), "{check}");
    for (index, said) in [
        (1, "se o ExternalId é o mesmo"),
        (2, "tem a marca de `outra-pessoa`"),
        (3, "se o papel arn:aws:iam"),
    ] {
        assert_eq!(learners[index]["ready"], false, "{check}");
        assert!(told(index).contains(said), "«{said}»: {check}");
    }
    assert!(!format!("{}{}", check.stdout, check.stderr).contains(SECRET));

    let labs = ["--lab", "00", "--lab", "01", "--json"];
    let graded = as_teacher(
        &[
            &["grade", "--learner", "ana", "--learner", "bia"],
            &labs[..],
        ]
        .concat(),
    );
    let answer = graded.clone().expect_code(3).json();
    for result in answer["results"].as_array().unwrap() {
        // Nothing but the role's own rights was used, and they were enough.
        if result["learner"] == "ana" {
            assert_eq!(
                (&result["points"]["earned"], &result["unverified"]),
                (&json!(100), &json!(0)),
                "{graded}"
            );
        } else {
            assert_eq!(result["reached"], false, "{graded}");
        }
    }
    let record = &school.grades("ana")[0]["record"];
    assert_eq!(record["target"], "aws");
    assert_eq!(school.grades("ana").len(), 2);
}

#[test]
fn what_the_resetting_role_lacks_is_told_by_name() {
    let names = ["ana", "bia"];
    let plain = names.map(|id| Entry {
        id,
        name: id,
        more: "",
    });
    let school = School::new(&plain);
    let teacher = format!("6{:011}", fastrand::u64(..100_000_000_000));
    enrol_by(&school, "ana", "ana", &teacher, |template| {
        let path = "/Resources/LabReset/Properties/Policies/0/PolicyDocument/Statement";
        let all = template.pointer_mut(path).unwrap().as_array_mut().unwrap();
        all.retain(|statement| statement["Sid"] != "Mapping");
        for statement in all.iter_mut().filter(|s| s["Sid"] == "Bucket") {
            let actions = statement["Action"].as_array_mut().unwrap();
            actions.retain(|action| action != "s3:DeleteBucket");
        }
    });
    enrol_by(&school, "bia", "bia", &teacher, |template| {
        let roles = template["Resources"].as_object_mut().unwrap();
        roles.remove("LabReset").unwrap();
    });
    let access = names.map(|id| by_role(&school, id, SECRET));
    let entries: Vec<Entry<'_>> = names
        .iter()
        .zip(&access)
        .map(|(id, more)| Entry { id, name: id, more })
        .collect();
    school.write_roster(&entries);
    let check = as_teacher(&school, &teacher, &["check", "--json"]).expect_code(3);
    let answer = check.json();
    let bad = |index: usize| {
        let findings = answer["learners"][index]["findings"].as_array().unwrap();
        let bad: Vec<&Value> = findings.iter().filter(|f| f["good"] == false).collect();
        assert_eq!(bad.len(), 1, "{check}");
        assert_eq!(bad[0]["what"], "limpeza", "{check}");
        bad[0]["text"].as_str().unwrap()
    };
    let lacks =
        "LabReset: lambda:DeleteEventSourceMapping, lambda:GetEventSourceMapping, s3:DeleteBucket";
    assert!(bad(0).ends_with(lacks), "{check}");
    assert!(bad(1).starts_with("o papel que limpa: "), "{check}");
}

/// Nothing but the role's own rights is used, and they are enough.
#[tokio::test]
async fn an_account_is_reset_by_its_role() {
    let school = School::new(&[ANA]);
    let ana = school.pupil("ana");
    let teacher = format!("6{:011}", fastrand::u64(..100_000_000_000));
    enrol(&school, "ana", "ana", &teacher);
    make(ana, &["vizinhanca"]);
    let before = look(ana).await;
    make(ana, &["curso"]);
    let built = look(ana).await;
    let access = by_role(&school, "ana", SECRET);
    school.write_roster(&[Entry {
        more: &access,
        ..ANA
    }]);
    let plan = as_teacher(&school, &teacher, &["plan", "--json"]).expect_code(0);
    let plan = plan.json();
    assert!(plan["goes"].as_u64() > Some(12), "{plan:#}");
    let text = |field: &str| plan[field].as_str().unwrap();
    let reset = ["reset", "--plan", text("file"), "--yes", text("hash")];
    let reset = [&reset[..], &["--discard-grades", "--json"]].concat();

    // While it cannot be learnt who the teacher is, nothing is begun.
    let of_teacher = format!("Credential={teacher}/");
    let server = Server::answering(move |request| {
        if request.head.contains(&of_teacher) {
            return no(request);
        }
        forward(request)
    });
    let mut blind = school.command(&reset);
    blind
        .env("AWS_ENDPOINT_URL", server.endpoint())
        .env("AWS_ACCESS_KEY_ID", &teacher)
        .env("AWS_SECRET_ACCESS_KEY", "sandbox");
    let blind = Ran::run(blind).expect_code(3);
    assert!(
        blind.stdout.contains("qual é a sua própria conta"),
        "{blind}"
    );
    same(&built, &look(ana).await);

    let done = as_teacher(&school, &teacher, &reset).expect_code(0);
    assert_eq!(done.json()["status"], "clean", "{done}");
    same(&before, &look(ana).await);
}

#[test]
fn the_template_is_written_with_the_class_and_printed() {
    let home = Home::untouched();
    let arn = "arn:aws:iam::888888888888:role/Professora";
    let printed = home.lab(&["class", "init", "noite", "--roles", "--instructor", arn]);
    let printed = printed.expect_code(0).json();
    assert_eq!(printed["Parameters"]["Instructor"]["Default"], arn);
    assert_eq!(printed["Parameters"]["Class"]["Default"], "noite");
    assert!(!home.path().join("noite").exists(), "nothing is made");
    home.lab(&["class", "init", "noite", "--instructor", arn])
        .expect_code(0);
    let written = fs::read_to_string(home.path().join("noite/papeis.json")).unwrap();
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&written).unwrap(),
        printed
    );
}
