//! What its pages do: headless Chromium, driven by `fixtures/pagina.py`.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use super::Served;
use crate::support::{Answer, Home, Ran, Server, fixture, repository};

impl Served {
    fn at(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.port)
    }

    /// The address that the terminal shows.
    fn entrance(&self) -> String {
        self.at(&format!("?chave={}", self.key))
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
    steps.extend([page.clone(), run("servido_verificar.js", json!(null))]);
    steps.extend([axe(), run("servido_acessivel.js", json!(null))]);
    let seen = browsed(&served, &steps);
    // What a check adds to the page is no barrier either.
    for told in [&seen[2], &seen[5], &seen[8]] {
        assert_eq!(told["barriers"], json!([]), "{told:#}");
    }
    let bucket = format!("{}-notas", home.prefix());
    // Who opens the page again reads what was found.
    let (again, seen) = (&seen[6], &seen[0]);
    let told = again["details"].as_str().unwrap();
    for part in ["Esperado", "Observado", "não existe", "Dica", &bucket] {
        assert!(told.contains(part), "«{part}»: {told}");
    }
    assert_eq!(again["badges"], seen["badges"], "{again:#}");
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
    assert_eq!(seen["focused"], true, "{seen:#}");
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
    assert_eq!(seen[0]["details"], "", "{:#}", seen[0]);
}

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

#[test]
fn no_page_has_a_serious_barrier_in_light_or_dark() {
    let home = Home::new();
    let served = Served::of(&home);
    let mut pages = vec!["404.html".to_owned(), "abertura.html".to_owned()];
    let summary = fs::read_to_string(repository().join("book/src/SUMMARY.md")).unwrap();
    let links = summary.split("](").skip(1);
    pages.extend(links.map(|rest| rest.split(".md)").next().unwrap().to_owned() + ".html"));
    assert!(pages.len() > 28, "{pages:?}");
    let examined = |page: &str| {
        let page = json!({ "go": served.at(page) });
        [page, axe(), run("servido_acessivel.js", json!(null))]
    };
    let mut steps = Vec::new();
    for scheme in ["light", "dark"] {
        steps.push(json!({ "scheme": scheme }));
        steps.extend(pages.iter().flat_map(|page| examined(page)));
    }
    // All pages in one take as long as all of them: once is enough.
    steps.extend(examined("print.html"));
    // The scripts themselves tell nothing.
    let seen: Vec<Value> = browsed(&served, &steps)
        .into_iter()
        .filter(|told| !told.is_null())
        .collect();
    assert_eq!(seen.len(), 2 * pages.len() + 1);
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
