//! `lab zip`: the same package everywhere.

use std::fs::{self, File};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, SystemTime};

use super::{ana, failure, has};
use crate::support::{Home, Ran, shared};

const CODE: [(&str, &str); 4] = [
    ("app.py", "def handler(event, context):\n    return {}\n"),
    ("dados/nota fiscal — é.json", "{}\n"),
    ("lib/__init__.py", ""),
    ("lib/datas.py", "HOJE = None\n"),
];

fn put(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// What Python sees in a package, as Lambda's Python would.
fn listed(package: &Path) -> String {
    let mut python = shared().python();
    python
        .args(["-c", "import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\nfor i in z.infolist(): print(oct(i.external_attr >> 16)[-3:], i.filename, z.read(i).decode() == i.filename or len(z.read(i)))"])
        .arg(package)
        .stdin(Stdio::null());
    Ran::run(python).expect_code(0).stdout
}

#[test]
fn the_same_contents_give_the_same_bytes() {
    let home = ana();
    let make = |folder: &str, reversed: bool, seconds: u64| {
        let root = home.path().join(folder);
        let mut files = CODE.to_vec();
        if reversed {
            files.reverse();
        }
        for (name, text) in files {
            put(&root, name, text);
            let file = File::options().write(true).open(root.join(name)).unwrap();
            let time = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
            file.set_modified(time).unwrap();
        }
        let package = format!("{folder}.zip");
        home.lab(&["zip", folder]).expect_code(0);
        fs::read(home.path().join(package)).unwrap()
    };
    let first = make("um", false, 1_000_000_000);
    let second = make("dois", true, 1_700_000_000);
    assert_eq!(first, second);
    home.lab(&["zip", "um"]).expect_code(0);
    assert_eq!(
        fs::read(home.path().join("um.zip")).unwrap(),
        first,
        "made again"
    );
}

#[test]
fn python_reads_it_and_the_code_is_at_the_root() {
    let home = Home::new();
    let folder = home.path().join("minha função");
    for (name, _) in CODE {
        put(&folder, name, name);
    }
    for skipped in [
        "__pycache__/app.cpython-313.pyc",
        "lib/__pycache__/datas.cpython-313.pyc",
        ".git/HEAD",
        ".DS_Store",
        ".venv/bin/python",
    ] {
        put(&folder, skipped, "x");
    }
    fs::create_dir(folder.join("vazia")).unwrap();
    let ran = home.lab(&["zip", "minha função", "--output", "Área/pacote é.zip"]);
    // The folder of the package is the person's to make.
    has(&ran.expect_code(2).stderr, &["a pasta `", "não existe"]);
    fs::create_dir(home.path().join("Área")).unwrap();
    let ran = home
        .lab(&["zip", "minha função", "--output", "Área/pacote é.zip"])
        .expect_code(0);
    has(&ran.stdout, &["Pacote Área/pacote é.zip: 4 arquivos, "]);
    assert_eq!(
        listed(&home.path().join("Área/pacote é.zip")),
        "644 app.py True\n755 dados/ 0\n644 dados/nota fiscal — é.json True\n\
         755 lib/ 0\n644 lib/__init__.py True\n644 lib/datas.py True\n"
    );
    let answer = home
        .lab(&["zip", "minha função", "--json"])
        .expect_code(0)
        .json();
    assert_eq!(answer["output"], "minha função.zip");
    assert_eq!(answer["files"].as_array().unwrap().len(), 4);
    assert_eq!(answer["warnings"], serde_json::json!([]));
}

#[test]
fn code_one_folder_too_deep_is_noticed() {
    let home = ana();
    put(&home.path().join("fonte"), "processa/app.py", "");
    let ran = home.lab(&["zip", "fonte"]).expect_code(0);
    has(&ran.stderr, &["aviso: não há código na raiz do pacote"]);
}

#[test]
fn what_cannot_be_packed() {
    let home = ana();
    fs::create_dir(home.path().join("vazia")).unwrap();
    fs::write(home.path().join("arquivo.py"), "").unwrap();
    for (folder, said) in [
        ("não há", "a pasta `não há` não existe"),
        ("vazia", "a pasta `vazia` não tem arquivos para empacotar"),
        ("arquivo.py", "`arquivo.py` não é uma pasta"),
    ] {
        let ran = home.lab(&["zip", folder]).expect_code(2);
        has(&ran.stderr, &[said]);
        failure(
            &home.lab(&["zip", folder, "--json"]).expect_code(2),
            "usage",
        );
    }
    let zips = fs::read_dir(home.path())
        .unwrap()
        .filter(|e| {
            e.as_ref()
                .unwrap()
                .file_name()
                .to_string_lossy()
                .ends_with("zip")
        })
        .count();
    assert_eq!(zips, 0);
}

#[test]
fn it_needs_neither_sandbox_nor_data_folder() {
    let home = Home::untouched();
    put(&home.path().join("f"), "app.py", "");
    home.lab(&["zip", "f"]).expect_code(0);
    // In the folder itself it has the folder's name, and does not pack itself.
    let mut command = home.command(&["zip", "."]);
    command.current_dir(home.path().join("f"));
    Ran::run(command).expect_code(0);
    let mut command = home.command(&["zip", ".", "--json"]);
    command.current_dir(home.path().join("f"));
    let answer = Ran::run(command).expect_code(0).json();
    assert_eq!(answer["files"], serde_json::json!(["app.py"]));
    assert!(!home.data().exists());
}
