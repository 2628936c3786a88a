//! `lab book serve`: the book beside its runner, read in a browser on a real
//! account of the sandbox, and asked by who has no business there.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::support::{Answer, Home, Ran, Server, fixture, repository};

/// A served book, for as long as it lives.
struct Served {
    child: Child,
    port: u16,
    key: String,
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
        assert_eq!(address, format!("http://127.0.0.1:{port}/"));
        Self {
            child,
            port,
            key: key.to_owned(),
        }
    }

    fn at(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.port)
    }

    /// The address that the terminal shows.
    fn entrance(&self) -> String {
        self.at(&format!("?chave={}", self.key))
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

/// What a browser sees that does `steps` after it came in.
fn browsed(served: &Served, steps: &[Value]) -> Vec<Value> {
    let mut plan = vec![
        json!({ "size": [1280, 900] }),
        json!({ "go": served.entrance() }),
    ];
    plan.extend_from_slice(steps);
    let mut command = Command::new("python3");
    command
        .arg(fixture("pagina.py"))
        .arg(serde_json::to_string(&plan).unwrap());
    let seen = Ran::run(command).expect_code(0).json();
    assert_eq!(seen["complaints"], json!([]), "{seen:#}");
    seen["told"].as_array().unwrap().clone()
}

fn run(script: &str, data: Value) -> Value {
    json!({ "run": fixture(script), "data": data })
}

/// The script that finds barriers; `servido_acessivel.js` asks it.
fn axe() -> Value {
    json!({ "run": fixture("axe/axe.min.js") })
}

fn in_sandbox(home: &Home, arguments: &[&str]) {
    let all = [&["run", "--", "aws"], arguments].concat();
    home.lab(&all).expect_code(0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_step_is_checked_on_its_page_broken_and_then_mended() {
    let home = Home::new();
    let served = Served::of(&home);
    let page = json!({ "go": served.at("labs/notas-fiscais.html") });
    let verify = run("servido_verificar.js", json!("bucket"));

    let mut steps = Vec::new();
    for scheme in ["light", "dark"] {
        steps.extend([json!({ "scheme": scheme }), page.clone(), verify.clone()]);
        steps.extend([axe(), run("servido_acessivel.js", json!(null))]);
    }
    let seen = browsed(&served, &steps);
    // What a check adds to the page is no barrier either.
    for told in [&seen[2], &seen[5]] {
        assert_eq!(told["barriers"], json!([]), "{told:#}");
    }
    let bucket = format!("{}-notas", home.prefix());
    let seen = &seen[0];
    assert_eq!(seen["news"], "0 de 2 verificações passaram.", "{seen:#}");
    assert_eq!(seen["badges"], json!(["✘ FALHOU", "○ PULADO"]), "{seen:#}");
    let told = seen["details"].as_str().unwrap();
    for part in [
        "Esperado",
        "Observado",
        "não existe",
        "Dica",
        "aws s3api",
        &bucket,
    ] {
        assert!(told.contains(part), "«{part}»: {told}");
    }
    assert_eq!(seen["heading"], "✘ FALHOU", "{seen:#}");
    assert_eq!(seen["node"], json!(["lab-fail", "✘ Amazon S3"]), "{seen:#}");
    let names: Vec<&str> = seen["names"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    assert!(names.contains(&bucket.as_str()), "{names:?}");
    assert!(
        !names.iter().any(|name| name.contains("ana-7k3f")),
        "{names:?}"
    );

    in_sandbox(&home, &["s3api", "create-bucket", "--bucket", &bucket]);
    let closed = "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true";
    in_sandbox(
        &home,
        &[
            "s3api",
            "put-public-access-block",
            "--bucket",
            &bucket,
            "--public-access-block-configuration",
            closed,
        ],
    );
    let seen = browsed(&served, &[page.clone(), verify]);
    let seen = &seen[0];
    assert_eq!(seen["news"], "✔ 2 de 2 verificações passaram.", "{seen:#}");
    assert_eq!(seen["badges"], json!(["✔ OK", "✔ OK"]), "{seen:#}");
    assert_eq!(seen["details"], "", "{seen:#}");
    assert_eq!(seen["node"], json!(["lab-pass", "✔ Amazon S3"]), "{seen:#}");
    assert!(
        seen["score"].as_str().unwrap().contains("1 de 7 passos"),
        "{seen:#}"
    );

    // The terminal knows it, and so does the page when it is opened again.
    let progress = home.lab(&["progress", "notas-fiscais", "--json"]).json();
    let step = &progress["labs"][0]["steps"][0];
    assert_eq!(
        (&step["passed"], &step["attempts"]),
        (&json!(true), &json!(3)),
        "{progress:#}"
    );
    let seen = browsed(&served, &[page, run("servido_verificar.js", json!(null))]);
    assert_eq!(seen[0]["heading"], "✔ OK", "{:#}", seen[0]);
}

#[cfg(target_os = "linux")]
#[test]
fn what_an_account_holds_is_text_on_the_page() {
    let home = Home::new();
    let served = Served::of(&home);
    let key = "<img src=x onerror=document.title='mau'><script>document.title='mau'</script>";
    let table = format!("{}-notas-fiscais", home.prefix());
    let definitions = json!([{ "AttributeName": key, "AttributeType": "S" }]).to_string();
    let schema = json!([{ "AttributeName": key, "KeyType": "HASH" }]).to_string();
    in_sandbox(
        &home,
        &[
            "dynamodb",
            "create-table",
            "--table-name",
            &table,
            "--billing-mode",
            "PAY_PER_REQUEST",
            "--attribute-definitions",
            &definitions,
            "--key-schema",
            &schema,
        ],
    );
    let page = json!({ "go": served.at("labs/notas-fiscais.html") });
    let seen = browsed(
        &served,
        &[page, run("servido_verificar.js", json!("tabela"))],
    );
    let seen = &seen[0];
    assert!(seen["details"].as_str().unwrap().contains(key), "{seen:#}");
    assert_eq!(
        (&seen["pictures"], &seen["scripts"]),
        (&json!(0), &json!(0)),
        "{seen:#}"
    );
    assert!(!seen["title"].as_str().unwrap().contains("mau"), "{seen:#}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_quiz_on_the_page_counts_as_in_the_terminal() {
    let home = Home::new();
    let served = Served::of(&home);
    let course = runner::course::load(&runner::course::Source::Embedded).unwrap();
    let lab = course.lab("notas-fiscais").unwrap();
    let total = lab.quiz.questions.len();
    let read = |text: &String| text.replace(['`', '*'], "");
    let right: serde_json::Map<String, Value> = lab
        .quiz
        .questions
        .iter()
        .map(|q| (q.id.clone(), q.answer.answer.iter().map(read).collect()))
        .collect();
    let score =
        || home.lab(&["progress", "notas-fiscais", "--json"]).json()["labs"][0]["quiz"].clone();
    let page = json!({ "go": served.at("labs/notas-fiscais.html") });
    let answer = |all: bool| {
        let data = json!({ "right": right, "all": all });
        let seen = browsed(&served, &[page.clone(), run("servido_perguntas.js", data)]);
        seen[0].clone()
    };

    // Nothing of an answer is in what is served.
    let text = served.get("/labs/notas-fiscais.html");
    assert!(!text.contains("data-certas") && !text.contains("data-razao"));
    assert!(text.contains("As respostas contam"));

    let wrong = answer(false);
    assert_eq!(
        wrong["before"],
        json!({ "right": 0, "again": 0, "reasons": 0 }),
        "{wrong:#}"
    );
    assert_eq!(wrong["after"]["right"], 0, "{wrong:#}");
    assert_eq!(
        wrong["result"],
        format!("0 de {total} certas."),
        "{wrong:#}"
    );
    assert_eq!(score(), json!({ "right": 0, "total": total }));

    // One is answered in the terminal; the page has it, and the rest is answered there.
    let first = &lab.quiz.questions[0];
    let pairs: Vec<String> = first
        .answer
        .answer
        .iter()
        .map(|a| format!("{}={a}", first.id))
        .collect();
    let mut arguments = vec!["quiz", "notas-fiscais"];
    arguments.extend(pairs.iter().flat_map(|pair| ["--answer", pair.as_str()]));
    home.lab(&arguments).expect_code(0);
    let seen = answer(true);
    assert_eq!(seen["before"]["right"], 1, "{seen:#}");
    assert_eq!(seen["before"]["again"], total - 1, "{seen:#}");
    assert_eq!(seen["after"]["right"], total, "{seen:#}");
    assert_eq!(
        seen["result"],
        format!("{total} de {total} certas. Muito bem!")
    );
    assert_eq!(score(), json!({ "right": total, "total": total }));
    let open = home.lab(&["quiz", "notas-fiscais", "--json"]).json();
    assert_eq!(open["questions"], json!([]));
}

#[cfg(target_os = "linux")]
#[test]
fn the_served_book_is_read_and_searched() {
    let home = Home::new();
    let served = Served::of(&home);
    let words = json!(["notificação", "notificacao", "notificações"]);
    let page = json!({ "go": served.at("conceitos/s3.html") });
    let steps = [
        page,
        run("livro_busca.js", words),
        run("visto.js", json!(null)),
    ];
    let seen = browsed(&served, &steps);
    let found: Value = serde_json::from_str(seen[1].as_str().unwrap()).unwrap();
    let places = &found["notificação"]["places"];
    assert!(places.as_array().unwrap().len() > 3, "{found:#}");
    assert_eq!(places, &found["notificacao"]["places"]);
    assert_eq!(places, &found["notificações"]["places"]);
}

#[cfg(target_os = "linux")]
#[test]
fn no_page_has_a_serious_barrier_in_light_or_dark() {
    let home = Home::new();
    let served = Served::of(&home);
    let mut pages = vec!["404.html".to_owned(), "abertura.html".to_owned()];
    let summary = fs::read_to_string(repository().join("book/src/SUMMARY.md")).unwrap();
    let links = summary.split("](").skip(1);
    pages.extend(links.map(|rest| rest.split(".md)").next().unwrap().to_owned() + ".html"));
    assert!(pages.len() > 28, "{pages:?}");
    let mut steps = Vec::new();
    for scheme in ["light", "dark"] {
        steps.push(json!({ "scheme": scheme }));
        for page in &pages {
            steps.push(json!({ "go": served.at(page) }));
            steps.push(axe());
            steps.push(run("servido_acessivel.js", json!(null)));
        }
    }
    // The scripts themselves tell nothing.
    let seen: Vec<Value> = browsed(&served, &steps)
        .into_iter()
        .filter(|told| !told.is_null())
        .collect();
    assert_eq!(seen.len(), 2 * pages.len());
    let barriers: Vec<&Value> = seen
        .iter()
        .flat_map(|told| told["barriers"].as_array().unwrap())
        .collect();
    assert!(barriers.is_empty(), "{barriers:#?}");
    let themes: BTreeSet<&str> = seen
        .iter()
        .filter_map(|told| told["theme"].as_str())
        .collect();
    assert_eq!(themes, BTreeSet::from(["light", "navy"]));
    assert!(
        seen.iter().all(|told| told["rules"].as_u64() > Some(20)),
        "{seen:#?}"
    );
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

#[cfg(target_os = "linux")]
#[test]
fn another_site_that_is_open_in_the_browser_gets_nothing() {
    let home = Home::new();
    let served = Served::of(&home);
    // Another port of the same computer: the same site, which gets the cookie too.
    let other =
        Server::answering(|_| Answer::Text(200, "text/html", "<title>outro</title>".to_owned()));
    let data = json!({ "book": served.at(""), "lab": "notas-fiscais" });
    let steps = [
        json!({ "go": other.endpoint() }),
        run("servido_ataque.js", data),
    ];
    let mut plan = vec![json!({ "go": served.entrance() })];
    plan.extend(steps);
    let mut command = Command::new("python3");
    command
        .arg(fixture("pagina.py"))
        .arg(serde_json::to_string(&plan).unwrap());
    let seen = Ran::run(command).expect_code(0).json();
    let got = &seen["told"][0];
    assert_eq!(got["title"], "outro");
    assert_eq!(got["read"], json!([]), "{seen:#}");
    assert_eq!(got["loaded"], json!([]), "{seen:#}");
    assert!(got["tried"].as_u64() > Some(6), "{seen:#}");
    assert_eq!(home.journal(), Vec::<Value>::new(), "{seen:#}");
}

#[test]
fn it_is_served_without_a_sandbox_and_says_so_when_asked_to_check() {
    let home = Home::untouched();
    let mut command = home.command(&["book", "serve", "--no-open", "--json", "notas-fiscais"]);
    command.env("LAB_SANDBOX_HOME", home.path().join("nenhum"));
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut text = String::new();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    while !text.ends_with("\n}\n") {
        assert!(lines.read_line(&mut text).unwrap() > 0);
    }
    let told: Value = serde_json::from_str(&text).unwrap();
    let (address, key) = told["url"].as_str().unwrap().split_once("?chave=").unwrap();
    assert!(address.ends_with("/labs/notas-fiscais.html"), "{address}");
    let served = Served {
        child,
        port: told["port"].as_u64().unwrap().try_into().unwrap(),
        key: key.to_owned(),
    };
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
