//! `lab dev new`, and the author's guide followed as it is written.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{failure, has};
use crate::support::{Course, Home, Ran, repository};

const SLUG: &str = "cofre-de-arquivos";
const FOLDER: &str = "02-cofre-de-arquivos";

/// Runs `lab dev …` at a course.
fn dev(home: &Home, course: &Course, arguments: &[&str]) -> Ran {
    let mut command = home.command(&[&["dev"], arguments].concat());
    command.current_dir(course.path());
    Ran::run(command)
}

/// All files below a folder, with what is in them.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().to_str().unwrap();
            let name = name.replace('\\', "/");
            if path.is_dir() {
                found.insert(format!("{name}/"), Vec::new());
                folders.push(path);
            } else {
                found.insert(name, fs::read(&path).unwrap_or_default());
            }
        }
    }
    found
}

/// The rules that lint finds broken, each with how often.
fn broken(home: &Home, course: &Course, arguments: &[&str]) -> BTreeMap<String, usize> {
    let answer = dev(home, course, &[&["lint", "--json"], arguments].concat()).json();
    let mut found = BTreeMap::new();
    for finding in answer["findings"].as_array().unwrap() {
        let rule = finding["rule"].as_str().unwrap().to_owned();
        *found.entry(rule).or_default() += 1;
    }
    found
}

/// Writes everything that is still to be written.
fn fill_in(course: &Course) {
    for part in ["labs", "solutions"] {
        let folder = format!("{part}/{FOLDER}");
        for (file, bytes) in files(&course.path().join(&folder)) {
            let text = String::from_utf8(bytes).unwrap();
            if text.contains("PREENCHA: ") {
                course.write(
                    &format!("{folder}/{file}"),
                    text.replace("PREENCHA: ", "Pronto: "),
                );
            }
        }
    }
}

fn guide() -> String {
    let path = repository().join("docs/guia-do-autor.md");
    fs::read_to_string(path).unwrap().replace("\r\n", "\n")
}

/// The blocks of code of the guide: their language and their text.
fn blocks(guide: &str) -> Vec<(&str, &str)> {
    let parts = guide.split("```").skip(1).step_by(2);
    parts.filter_map(|block| block.split_once('\n')).collect()
}

#[test]
fn a_new_lab_lacks_only_what_its_author_has_to_write() {
    let (home, course) = (Home::untouched(), Course::copy());
    let before = files(course.path());
    let ran = dev(&home, &course, &["new", SLUG]).expect_code(0);
    has(
        &ran.stdout,
        &[
            "✔ criado labs/02-cofre-de-arquivos/lab.toml",
            "✔ na lista labs/course.toml",
            "lab dev lint cofre-de-arquivos",
            "lab dev schema --write",
        ],
    );
    let after = files(course.path());
    for (file, text) in &before {
        assert_eq!(after[file] == *text, file != "labs/course.toml", "{file}");
    }
    let made = after.keys().filter(|file| !before.contains_key(*file));
    for file in made.filter(|file| !file.ends_with('/')) {
        assert!(file.contains(FOLDER), "{file}");
        assert!(ran.stdout.contains(file.as_str()), "{file}: {ran}");
    }
    assert!(
        course
            .read("labs/course.toml")
            .contains("labs           = [\"01-notas-fiscais\", \"02-cofre-de-arquivos\"]\n")
    );
    for arguments in [&[][..], &[SLUG]] {
        let found = broken(&home, &course, arguments);
        assert_eq!(
            found.keys().map(String::as_str).collect::<Vec<_>>(),
            ["id-unrecorded", "unfilled"]
        );
        assert_eq!(found["id-unrecorded"], 1);
    }
    // It can be begun as it is.
    let list = home.lab(&["list", "--course", course.path().to_str().unwrap()]);
    has(&list.expect_code(0).stdout, &[SLUG]);

    fill_in(&course);
    assert_eq!(
        broken(&home, &course, &[]).keys().collect::<Vec<_>>(),
        ["id-unrecorded"]
    );
    dev(&home, &course, &["lint", "--record-ids"]).expect_code(0);
}

#[test]
fn every_new_file_names_its_schema() {
    let (home, course) = (Home::untouched(), Course::copy());
    dev(&home, &course, &["schema", "--write"]).expect_code(0);
    let title = "O \"cofre\" de arquivos";
    let ran = dev(&home, &course, &["new", SLUG, "--title", title, "--json"]).expect_code(0);
    let answer = ran.json();
    assert_eq!(answer["lab"], SLUG);
    assert_eq!(answer["folder"], FOLDER);
    assert_eq!(answer["changed"], serde_json::json!(["labs/course.toml"]));
    let mut schemas = 0;
    for file in answer["files"].as_array().unwrap() {
        let file = file.as_str().unwrap();
        let path = course.path().join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{file}");
        if !file.ends_with(".toml") {
            continue;
        }
        schemas += 1;
        let header = text.lines().next().unwrap().strip_prefix("#:schema ");
        let schema = path.parent().unwrap().join(header.unwrap());
        let schema: Value = serde_json::from_str(&fs::read_to_string(schema).unwrap()).unwrap();
        let value = serde_json::to_value(text.parse::<toml::Table>().unwrap()).unwrap();
        if let Err(error) = jsonschema::validate(&schema, &value) {
            panic!("{file}: {error}");
        }
    }
    assert_eq!(schemas, 9);
    let opening = course.read(&format!("labs/{FOLDER}/abertura.md"));
    assert!(opening.starts_with(&format!("# {title}\n")), "{opening}");
}

/// What the guide says is done as it says, and ends where it says.
#[test]
fn the_guide_ends_with_a_proved_lab() {
    let (home, course) = (Home::untouched(), Course::copy());
    let guide = guide();
    let of = |start: &str| {
        let mut found = blocks(&guide).into_iter();
        let block = found.find(|(language, text)| *language == "toml" && text.contains(start));
        block.unwrap_or_else(|| panic!("no block with «{start}»")).1
    };
    let problems = |ran: &Ran| -> Vec<String> {
        let answer = ran.json();
        let found = answer["labs"][0]["problems"].as_array().unwrap();
        let kinds = found.iter().map(|problem| problem["kind"].as_str());
        kinds.map(|kind| kind.unwrap().to_owned()).collect()
    };
    let prove = |more: &[&str]| dev(&home, &course, &[&["prove", SLUG, "--json"], more].concat());

    dev(&home, &course, &["new", SLUG, "--title", "Um cofre"]).expect_code(0);
    let ran = prove(&[]).expect_code(1);
    assert_eq!(problems(&ran), ["stale"], "{ran}");

    // A check that nothing makes fail, and the mistake that does.
    let registro = "[[step.check]]\nid    = \"registro\"";
    course.edit(
        &format!("labs/{FOLDER}/lab.toml"),
        registro,
        &format!("{}\n{registro}", of("id    = \"sob-demanda\"")),
    );
    let ran = prove(&[]).expect_code(1);
    assert_eq!(problems(&ran), ["unproved", "stale"], "{ran}");
    let slug = "capacidade-reservada";
    course.write(
        &format!("solutions/{FOLDER}/near-misses/{slug}/near-miss.toml"),
        of("\"tabela/sob-demanda\" = \"PROVISIONED\""),
    );
    prove(&["--near-miss", slug]).expect_code(0);

    fill_in(&course);
    dev(&home, &course, &["lint", "--record-ids"]).expect_code(0);
    let ran = prove(&["--record"]).expect_code(0);
    let proof = &ran.json()["labs"][0];
    assert_eq!(proof["checks"], 5, "{ran}");
    assert_eq!(proof["killed"], 5, "{ran}");
    assert_eq!(proof["near_misses"], 6, "{ran}");
    prove(&["--offline"]).expect_code(0);
    prove(&[]).expect_code(0);
}

#[test]
fn what_the_guide_tells_to_run_exists() {
    let home = Home::untouched();
    let guide = guide();
    let mut commands: Vec<&str> = Vec::new();
    for (number, part) in guide.split("```").enumerate() {
        if number % 2 == 1 {
            commands.extend(part.lines());
        } else {
            commands.extend(part.split('`').skip(1).step_by(2));
        }
    }
    commands.retain(|command| command.starts_with("lab "));
    commands.sort_unstable();
    commands.dedup();
    assert!(commands.len() > 15, "{commands:?}");
    for command in commands {
        // What stands in quotes is one word; what follows `--` is not for `lab`.
        let own = command.split(" -- ").next().unwrap();
        let quoted = own.split('"').enumerate().flat_map(|(index, part)| {
            let words: Vec<&str> = match index % 2 {
                0 => part.split_whitespace().collect(),
                _ => vec![part],
            };
            words
        });
        let arguments: Vec<&str> = quoted.skip(1).chain(["--help"]).collect();
        home.lab(&arguments).expect_code(0);
    }
}

#[test]
fn the_guide_is_whole() {
    let guide = guide();
    // Every kind of problem that a proof can show.
    let proof = fs::read_to_string(repository().join("runner/src/ui/proof.rs")).unwrap();
    let titles: Vec<&str> = proof
        .lines()
        .filter_map(|line| line.split_once("Kind::")?.1.split_once("=> \""))
        .map(|(_, title)| title.trim_end_matches(['"', ',', ':']))
        .collect();
    assert!(titles.len() > 8, "{titles:?}");
    for title in titles {
        assert!(guide.contains(&format!("| `{title}` |")), "{title}");
    }
    // Everything that can be looked at.
    for probe in runner::core::Probe::ALL {
        let name: String = probe
            .args
            .trim_end_matches("Args")
            .chars()
            .flat_map(|c| match c.is_ascii_uppercase() {
                true => vec!['_', c.to_ascii_lowercase()],
                false => vec![c],
            })
            .collect();
        let name = name.trim_start_matches('_');
        assert!(guide.contains(&format!("| `{name}` |")), "{name}");
    }
    // Every rule of lint that it explains is one.
    let source: String = files(&repository().join("runner/src"))
        .into_values()
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .collect();
    let rules = guide.split("## O que o lint diz").nth(1).unwrap();
    let rules = rules.split("\n## ").next().unwrap();
    let mut seen = 0;
    for row in rules.lines().filter(|line| line.starts_with("| `")) {
        let first = row.split(" | ").next().unwrap();
        for rule in first.split('`').skip(1).step_by(2) {
            assert!(source.contains(&format!("\"{rule}\"")), "{rule}");
            seen += 1;
        }
    }
    assert!(seen > 10, "{seen}");
}

#[test]
fn what_is_no_name_for_a_lab_is_refused() {
    let (home, course) = (Home::untouched(), Course::copy());
    let before = files(course.path());
    let long = "a".repeat(31);
    for slug in [
        "Cofre", "função", "a_b", "a b", "a--b", "a-", "2-cofre", "../x", "a/b", "", &long,
    ] {
        let ran = dev(&home, &course, &["new", "--json", "--", slug]).expect_code(2);
        let answer = failure(&ran, "usage");
        let hints = answer["error"]["hints"].to_string();
        assert!(hints.contains("cofre-de-arquivos"), "{ran}");
    }
    for title in ["", "  ", "duas\nlinhas"] {
        let ran = dev(&home, &course, &["new", SLUG, "--title", title, "--json"]);
        failure(&ran.expect_code(2), "usage");
    }
    assert_eq!(files(course.path()), before);
}

#[test]
fn what_is_there_already_is_left_alone() {
    let (home, course) = (Home::untouched(), Course::copy());
    let refused = |slug: &str, place: &str| {
        let before = files(course.path());
        let ran = dev(&home, &course, &["new", slug]).expect_code(2);
        has(&ran.stderr, &[place]);
        assert_eq!(files(course.path()), before);
    };
    refused("notas-fiscais", "labs/01-notas-fiscais");
    // A leftover of a lab, in either place and whatever its number.
    course.write("solutions/07-cofre/x.txt", "");
    refused("cofre", "solutions/07-cofre");
    // A lab whose folder is called otherwise.
    course.write("labs/04-baldes/lab.toml", "id = \"balde\"\n");
    refused("balde", "labs/04-baldes");
    // An id that learners have progress under.
    course.write("labs/ids.txt", "antigo\nantigo/passo\n");
    refused("antigo", "labs/ids.txt");
    // The next number is after all of them.
    let ran = dev(&home, &course, &["new", "novo", "--json"]).expect_code(0);
    assert_eq!(ran.json()["folder"], "08-novo");
}

#[test]
fn what_cannot_be_written_whole_leaves_nothing() {
    let home = Home::untouched();
    let refused = |course: &Course, code: i32| {
        let before = files(course.path());
        dev(&home, course, &["new", SLUG]).expect_code(code);
        assert_eq!(files(course.path()), before);
    };
    let course = Course::copy();
    course.edit("labs/course.toml", "labs ", "labs = [ #");
    refused(&course, 4);
    let course = Course::copy();
    course.remove("solutions");
    course.write("solutions", "a file");
    refused(&course, 3);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{PermissionsExt, symlink};
        // What is found to fail only when half of it has been written.
        let course = Course::copy();
        course.remove("solutions");
        symlink("nowhere/at/all", course.path().join("solutions")).unwrap();
        refused(&course, 3);
        let course = Course::copy();
        for part in ["solutions", "labs"] {
            let folder = course.path().join(part);
            let mode = |mode| fs::set_permissions(&folder, fs::Permissions::from_mode(mode));
            mode(0o555).unwrap();
            // Nothing is read-only to the superuser.
            if fs::write(folder.join("probe"), "").is_ok() {
                fs::remove_file(folder.join("probe")).unwrap();
            } else {
                refused(&course, 3);
            }
            mode(0o755).unwrap();
        }
    }
    // Where there is no course there is nothing to add to.
    let ran = home.lab(&["dev", "new", SLUG, "--json"]).expect_code(2);
    failure(&ran, "usage");
}
