//! `lab book serve`: the book beside its runner, as it is asked by its reader, by
//! who has no business there, and in a browser on a real account of the sandbox.

#[cfg(target_os = "linux")]
mod browser;

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::support::{Course, Home, Ran, repository};

/// A served book, for as long as it lives.
struct Served {
    child: Child,
    port: u16,
    key: String,
    /// Where it opens.
    page: String,
}

impl Served {
    fn of(home: &Home) -> Self {
        Self::run(home.command(&["book", "serve", "--no-open", "--json"]))
    }

    fn run(mut command: Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut text = String::new();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        while !text.ends_with("\n}\n") {
            assert!(lines.read_line(&mut text).unwrap() > 0, "it ended: {text}");
        }
        let told: Value = serde_json::from_str(&text).unwrap();
        let (address, key) = told["url"].as_str().unwrap().split_once("?chave=").unwrap();
        let port = told["port"].as_u64().unwrap().try_into().unwrap();
        let page = address.strip_prefix(&format!("http://127.0.0.1:{port}/"));
        Self {
            child,
            port,
            key: key.to_owned(),
            page: page.unwrap().to_owned(),
        }
    }

    fn cookie(&self) -> String {
        format!("Cookie: lab-livro-{}={}", self.port, self.key)
    }

    /// What the server answers to a request as it is written; head and body.
    fn ask(&self, line: &str, headers: &[&str], body: &str) -> (String, String) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let length = body.len();
        let mut request = format!("{line} HTTP/1.1\r\nConnection: close\r\n");
        for header in headers {
            request.push_str(&format!("{header}\r\n"));
        }
        request.push_str(&format!("Content-Length: {length}\r\n\r\n{body}"));
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_owned(), body.to_owned())
    }

    fn host(&self) -> String {
        format!("Host: 127.0.0.1:{}", self.port)
    }

    fn origin(&self) -> String {
        format!("Origin: http://127.0.0.1:{}", self.port)
    }

    /// A page or an answer of the API, for who has the cookie.
    fn get(&self, path: &str) -> String {
        let (head, body) = self.ask(&format!("GET {path}"), &[&self.host(), &self.cookie()], "");
        assert!(head.starts_with("HTTP/1.1 200"), "{path}: {head}");
        body
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

#[test]
fn who_has_no_business_there_is_refused() {
    let home = Home::new();
    let served = Served::of(&home);
    let (host, cookie, origin) = (served.host(), served.cookie(), served.origin());
    let check = "POST /api/labs/notas-fiscais/check";
    let json = "Content-Type: application/json";
    let status = |line: &str, headers: &[&str], body: &str| {
        let (head, _) = served.ask(line, headers, body);
        // No answer lets another site read it, whatever it is.
        let head = head.to_lowercase();
        assert!(!head.contains("access-control-"), "{line}: {head}");
        for header in [
            "nosniff",
            "referrer-policy: no-referrer",
            "content-security-policy: default-src 'none'",
        ] {
            assert!(head.contains(header), "{line}: {head}");
        }
        assert!(!head.contains("'unsafe-inline'; script") && head.contains("script-src 'self';"));
        head.split(' ').nth(1).unwrap().parse::<u16>().unwrap()
    };
    let own: &[&str] = &[&host, &cookie];
    assert_eq!(status("GET /", own, ""), 200);
    assert_eq!(status("GET /labs/notas-fiscais.html", own, ""), 200);
    for headers in [
        vec![host.as_str()],
        vec![&host, "Cookie: lab-livro-1=0"],
        vec!["Host: mau.example", &cookie],
        vec!["Host: mau.example:80", &cookie, &origin],
        vec![&host, &cookie, "Origin: http://mau.example"],
        vec![&host, &cookie, "Origin: null"],
        vec![&host, &cookie, "Sec-Fetch-Site: cross-site"],
    ] {
        for line in [
            "GET /",
            "GET /api/labs/notas-fiscais",
            "GET /labs/notas-fiscais.html",
        ] {
            assert_eq!(status(line, &headers, ""), 403, "{line} {headers:?}");
        }
        let headers = [headers.as_slice(), &[json]].concat();
        assert_eq!(status(check, &headers, "{}"), 403, "{headers:?}");
    }
    assert_eq!(
        status(&format!("GET /?chave={}", "0".repeat(32)), &[&host], ""),
        403
    );
    // What changes something says where it comes from, in the API's own form.
    assert_eq!(status(check, &[&host, &cookie, json], "{}"), 403);
    let form = [host.as_str(), &cookie, &origin, "Content-Type: text/plain"];
    assert_eq!(status(check, &form, "{}"), 415);
    let all = [host.as_str(), &cookie, &origin, json];
    assert_eq!(status(check, &all, "{\"step\":\"nada\"}"), 404);
    assert_eq!(status("POST /api/labs/outro/check", &all, "{}"), 404);
    let odd = "{\"answers\":[{\"id\":\"nada\",\"chosen\":[0]}]}";
    assert_eq!(status("POST /api/labs/notas-fiscais/quiz", &all, odd), 404);
    assert_eq!(status("DELETE /", &all, ""), 405);
    for path in [
        "/../Cargo.toml",
        "/%2e%2e/%2e%2e/etc/passwd",
        "//etc/passwd",
        "/labs/..%2f..%2fjournal.jsonl",
        "/.lab-livro",
        "/settings.toml",
    ] {
        assert_eq!(status(&format!("GET {path}"), own, ""), 404, "{path}");
    }
    assert_eq!(home.journal(), Vec::<Value>::new());

    // The key is taken out of the address, and leads nowhere but into the book.
    let enter = |path: &str| {
        served
            .ask(&format!("GET {path}?chave={}", served.key), &[&host], "")
            .0
    };
    let head = enter("/labs/notas-fiscais.html");
    assert!(head.starts_with("HTTP/1.1 303"), "{head}");
    assert!(
        head.contains("location: /labs/notas-fiscais.html\r\n"),
        "{head}"
    );
    let set = format!(
        "set-cookie: lab-livro-{}={}; Path=/; HttpOnly; SameSite=Strict",
        served.port, served.key
    );
    assert!(head.contains(&set), "{head}");
    assert!(enter("//mau.example/").contains("location: /\r\n"));
}

#[test]
fn it_is_served_without_a_sandbox_and_says_so_when_asked_to_check() {
    let home = Home::untouched();
    let mut command = home.command(&["book", "serve", "--no-open", "--json", "notas-fiscais"]);
    command.env("LAB_SANDBOX_HOME", home.path().join("nenhum"));
    let served = Served::run(command);
    assert_eq!(served.page, "labs/notas-fiscais.html");
    assert!(served.get("/").contains("<main>"));
    let state: Value = serde_json::from_str(&served.get("/api/labs/notas-fiscais")).unwrap();
    assert_eq!(state["steps"][0]["standing"], "unseen");
    let headers = [
        served.host(),
        served.cookie(),
        served.origin(),
        "Content-Type: application/json".to_owned(),
    ];
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    let (head, body) = served.ask("POST /api/labs/notas-fiscais/check", &headers, "{}");
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert!(
        body.contains("o sandbox não está ligado") && body.contains("\"event\":\"error\""),
        "{body}"
    );
}

#[test]
fn an_author_sees_an_edit_on_the_next_look() {
    let course = Course::whole();
    let home = Home::untouched();
    let folder = course.path().to_str().unwrap();
    let served =
        Served::run(home.command(&["--course", folder, "book", "serve", "--no-open", "--json"]));
    assert!(!served.get("/conceitos/s3.html").contains("linha de teste"));
    let s3 = "book/src/conceitos/s3.md";
    course.write(s3, course.read(s3) + "\nUma linha de teste.\n");
    assert!(
        served
            .get("/conceitos/s3.html")
            .contains("Uma linha de teste.")
    );
    // What a lab says is on the page and in the checks.
    let lab = "labs/01-notas-fiscais/lab.toml";
    course.edit(
        lab,
        "title  = \"Um bucket fechado ao público\"",
        "title  = \"Um bucket de teste\"",
    );
    assert!(
        served
            .get("/labs/notas-fiscais.html")
            .contains("1. Um bucket de teste")
    );
    // A mistake leaves the last good pages.
    course.edit(lab, "title  = \"Um bucket de teste\"", "titulo = 1");
    assert!(
        served
            .get("/labs/notas-fiscais.html")
            .contains("1. Um bucket de teste")
    );
}

#[test]
fn a_port_that_is_taken_is_said() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let home = Home::untouched();
    let ran = home
        .lab(&["book", "serve", "--no-open", "--port", &port])
        .expect_code(3);
    assert!(
        ran.stderr
            .contains(&format!("a porta {port} já está em uso")),
        "{ran}"
    );
    assert!(ran.stderr.contains("--port"), "{ran}");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_check_tidily_and_then_the_book() {
    let home = Home::new();
    let mut served = Served::of(&home);
    let (port, cookie) = (served.port, served.cookie());
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let request = format!(
        "POST /api/labs/notas-fiscais/check HTTP/1.1\r\n{}\r\n{}\r\n{cookie}\r\n\
         Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}",
        served.host(),
        served.origin()
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut lines = BufReader::new(stream);
    let mut line = String::new();
    while !line.contains("\"event\"") {
        line.clear();
        assert!(lines.read_line(&mut line).unwrap() > 0);
    }
    let mut kill = Command::new("kill");
    kill.args(["-INT", &served.child.id().to_string()]);
    Ran::run(kill).expect_code(0);
    let ended = served.child.wait().unwrap();
    assert_eq!(ended.code(), Some(0));
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
}

#[test]
fn the_page_of_commands_is_the_programs_help() {
    let ran = Home::untouched().lab(&["dev", "commands"]).expect_code(0);
    let kept = fs::read_to_string(repository().join("book/src/comandos.md")).unwrap_or_default();
    assert!(
        ran.stdout == kept.replace("\r\n", "\n"),
        "book/src/comandos.md is not what the help says; run\ncargo run -- dev commands --write"
    );
    for part in [
        "## lab check {#lab-check}",
        "### lab book serve {#lab-book-serve}",
        "- `--port PORTA`",
    ] {
        assert!(kept.contains(part), "{part}");
    }
}

#[test]
fn the_scripts_and_styles_of_the_served_book_are_small() {
    let folder = repository().join("book/theme");
    let sizes = |path: &Path| {
        fs::read_dir(path)
            .unwrap()
            .map(|f| f.unwrap().metadata().unwrap().len())
            .sum::<u64>()
    };
    let size = sizes(&folder);
    assert!((1..60_000).contains(&size), "{size} bytes");
}
