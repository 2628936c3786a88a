//! One thing broken in a lab that passes: exactly what depends on it fails, and
//! the report says what it is.

use std::collections::BTreeMap;
use std::sync::Mutex;

use super::report::Report;
use crate::support::Home;

/// A failed check: its id, its first cause, and texts that its feedback has.
type Failure = (&'static str, Option<&'static str>, &'static [&'static str]);

struct Case {
    /// In `fixtures/mutacoes.py`.
    mutation: &'static str,
    fails: &'static [Failure],
    /// Checks that are skipped, by the one that they wait for.
    skips: &'static [(&'static str, &'static [&'static str])],
}

const TABLE_DEPENDENTS: &[&str] = &[
    "tabela/sob-demanda",
    "funcao/processa",
    "funcao/acentos",
    "gatilho/ponta-a-ponta",
    "gatilho/so-json",
    "validacao/separada",
    "validacao/tipo",
    "validacao/ilegivel",
    "validacao/sem-item",
    "validacao/log",
    "validacao/repetida",
    "api/encontrada",
    "api/desconhecida",
];
const FUNCTION_DEPENDENTS: &[&str] = &[
    "funcao/processa",
    "funcao/acentos",
    "gatilho/permissao",
    "gatilho/notificacao",
    "gatilho/ponta-a-ponta",
    "gatilho/so-json",
    "validacao/separada",
    "validacao/tipo",
    "validacao/ilegivel",
    "validacao/sem-item",
    "validacao/log",
    "validacao/repetida",
];
const FLOW_DEPENDENTS: &[&str] = &[
    "gatilho/so-json",
    "validacao/separada",
    "validacao/tipo",
    "validacao/ilegivel",
    "validacao/sem-item",
    "validacao/log",
    "validacao/repetida",
];
const MINIMUM: &[&str] = &["papel/minimo", "papel/so-seus-recursos"];
const REJECTION_DEPENDENTS: &[&str] = &[
    "validacao/tipo",
    "validacao/ilegivel",
    "validacao/sem-item",
    "validacao/log",
];

/// The function does not write what it should, seen in both ways of calling it.
const PROCESSING: &[(&str, &[&str])] = &[
    ("funcao/processa", &["funcao/acentos"]),
    ("gatilho/ponta-a-ponta", FLOW_DEPENDENTS),
];
const FLOW: &[(&str, &[&str])] = &[("gatilho/ponta-a-ponta", FLOW_DEPENDENTS)];
const RESPONSE: &[(&str, &[&str])] = &[("api/encontrada", &["api/desconhecida"])];
const TABLE: &[(&str, &[&str])] = &[("tabela/chave", TABLE_DEPENDENTS)];

#[test]
fn bucket_and_table() {
    judge(&[
        Case {
            mutation: "uma-trava-aberta",
            fails: &[("bucket/fechado", None, &["desligadas: `BlockPublicPolicy`"])],
            skips: &[],
        },
        Case {
            mutation: "chave-maiuscula",
            fails: &[(
                "tabela/chave",
                None,
                &["chave de partição: `Numero`", "só mudam maiúsculas"],
            )],
            skips: TABLE,
        },
        Case {
            mutation: "chave-numerica",
            fails: &[("tabela/chave", None, &["número): `N`"])],
            skips: TABLE,
        },
        Case {
            mutation: "tabela-provisionada",
            fails: &[("tabela/sob-demanda", None, &["`PROVISIONED`"])],
            skips: &[],
        },
        Case {
            mutation: "tabela-em-outra-regiao",
            fails: &[(
                "tabela/chave",
                None,
                &["na Região us-east-2; você trabalha em us-east-1"],
            )],
            skips: TABLE,
        },
        Case {
            mutation: "tabela-com-outro-nome",
            fails: &[(
                "tabela/chave",
                None,
                &["há uma tabela `{prefix}-NotasFiscais`; o lab espera `{prefix}-notas-fiscais`"],
            )],
            skips: TABLE,
        },
    ]);
}

#[test]
fn role() {
    const DENIED: &[&str] = &["AccessDenied", "dynamodb:PutItem", "(app.py, linha "];
    const WRITING: &[(&str, &[&str])] = &[
        ("papel/escrita", MINIMUM),
        ("funcao/processa", &["funcao/acentos"]),
        ("gatilho/ponta-a-ponta", FLOW_DEPENDENTS),
    ];
    judge(&[
        Case {
            mutation: "papel-sem-putitem",
            fails: &[
                (
                    "papel/escrita",
                    None,
                    &["que o papel não permite: `dynamodb:PutItem`"],
                ),
                ("funcao/processa", Some("papel/escrita"), DENIED),
                (
                    "gatilho/ponta-a-ponta",
                    Some("papel/escrita"),
                    &["não há item com a chave"],
                ),
            ],
            skips: WRITING,
        },
        Case {
            mutation: "papel-com-negacao",
            fails: &[
                (
                    "papel/escrita",
                    None,
                    &["que o papel não permite: `dynamodb:PutItem`"],
                ),
                ("funcao/processa", Some("papel/escrita"), DENIED),
                ("gatilho/ponta-a-ponta", Some("papel/escrita"), &[]),
            ],
            skips: WRITING,
        },
        Case {
            // No exception, no log: the cause is found in the role all the same.
            mutation: "engole-erros",
            fails: &[
                ("papel/escrita", None, &[]),
                (
                    "funcao/processa",
                    Some("papel/escrita"),
                    &["terminou sem erro no log"],
                ),
                (
                    "gatilho/ponta-a-ponta",
                    Some("papel/escrita"),
                    &["terminou sem erro no log"],
                ),
            ],
            skips: WRITING,
        },
        Case {
            mutation: "papel-so-com-o-bucket",
            fails: &[
                (
                    "papel/leitura",
                    None,
                    &["que o papel não permite: `s3:GetObject`"],
                ),
                (
                    "funcao/processa",
                    Some("papel/leitura"),
                    &["AccessDenied", "s3:GetObject"],
                ),
                ("gatilho/ponta-a-ponta", Some("papel/leitura"), &[]),
            ],
            skips: &[
                ("papel/leitura", MINIMUM),
                ("funcao/processa", &["funcao/acentos"]),
                ("gatilho/ponta-a-ponta", FLOW_DEPENDENTS),
            ],
        },
        Case {
            mutation: "papel-grava-em-entrada",
            fails: &[(
                "papel/minimo",
                None,
                &["que o papel permite: `s3:PutObject`"],
            )],
            skips: &[],
        },
        Case {
            mutation: "papel-s3-estrela",
            fails: &[
                (
                    "papel/minimo",
                    None,
                    &[
                        "`s3:DeleteBucket`",
                        "ações com curinga: `s3:*`",
                        "qualquer recurso (`*`): `s3:*`",
                    ],
                ),
                (
                    "papel/so-seus-recursos",
                    None,
                    &["`s3:GetObject`, `s3:PutObject`"],
                ),
            ],
            skips: &[],
        },
        Case {
            mutation: "papel-de-muitos",
            fails: &[(
                "papel/confianca",
                None,
                &["`ec2.amazonaws.com`, `lambda.amazonaws.com`"],
            )],
            skips: &[(
                "papel/confianca",
                &[
                    "papel/leitura",
                    "papel/escrita",
                    "papel/rejeitadas",
                    "papel/logs",
                    "papel/minimo",
                    "papel/so-seus-recursos",
                ],
            )],
        },
    ]);
}

#[test]
fn function() {
    const PROCESS: Option<&str> = Some("funcao/processa");
    judge(&[
        Case {
            mutation: "item-fixo",
            fails: &[
                (
                    "funcao/processa",
                    None,
                    &["não há item com a chave", "terminou sem erro no log"],
                ),
                (
                    "gatilho/ponta-a-ponta",
                    PROCESS,
                    &["não há item com a chave"],
                ),
            ],
            skips: PROCESSING,
        },
        Case {
            mutation: "sem-decodificar",
            fails: &[("funcao/acentos", None, &["NoSuchKey", "(app.py, linha "])],
            skips: &[],
        },
        Case {
            mutation: "valor-como-texto",
            fails: &[
                (
                    "funcao/processa",
                    None,
                    &[
                        "em `valor`, o valor está certo, mas gravado como texto; o lab espera um número",
                    ],
                ),
                ("gatilho/ponta-a-ponta", PROCESS, &["gravado como texto"]),
            ],
            skips: PROCESSING,
        },
        Case {
            mutation: "campo-com-maiuscula",
            fails: &[
                (
                    "funcao/processa",
                    None,
                    &["há um campo `Cliente`; o lab espera `cliente`"],
                ),
                ("gatilho/ponta-a-ponta", PROCESS, &["há um campo `Cliente`"]),
            ],
            skips: PROCESSING,
        },
        Case {
            mutation: "key-error",
            fails: &[
                (
                    "funcao/processa",
                    None,
                    &["KeyError: 'nome_do_cliente' (app.py, linha 44)"],
                ),
                (
                    "gatilho/ponta-a-ponta",
                    PROCESS,
                    &["KeyError: 'nome_do_cliente' (app.py, linha 44)"],
                ),
            ],
            skips: PROCESSING,
        },
        Case {
            mutation: "com-float",
            fails: &[
                (
                    "funcao/processa",
                    None,
                    &[
                        "TypeError: Float types are not supported. Use Decimal types instead. (app.py, linha ",
                    ],
                ),
                (
                    "gatilho/ponta-a-ponta",
                    PROCESS,
                    &["Float types are not supported"],
                ),
            ],
            skips: PROCESSING,
        },
        Case {
            mutation: "nao-importa",
            fails: &[
                ("funcao/processa", None, &["execução da função"]),
                ("gatilho/ponta-a-ponta", PROCESS, &[]),
            ],
            skips: PROCESSING,
        },
        Case {
            mutation: "estoura-o-tempo",
            fails: &[
                (
                    "funcao/processa",
                    None,
                    &["Task timed out after 1.00 seconds"],
                ),
                (
                    "gatilho/ponta-a-ponta",
                    PROCESS,
                    &["Task timed out after 1.00 seconds"],
                ),
            ],
            skips: PROCESSING,
        },
        Case {
            mutation: "outra-tabela-na-variavel",
            fails: &[
                (
                    "funcao/processa",
                    None,
                    &["AccessDeniedException", "PutItem"],
                ),
                ("gatilho/ponta-a-ponta", PROCESS, &["AccessDeniedException"]),
            ],
            skips: PROCESSING,
        },
        Case {
            mutation: "funcao-com-outro-papel",
            fails: &[("funcao/configurada", None, &["{prefix}-outro"])],
            skips: &[("funcao/configurada", FUNCTION_DEPENDENTS)],
        },
    ]);
}

#[test]
fn trigger() {
    const NOT_CHARGED: &[&str] = &["na AWS não funcionaria; o sandbox não cobra esta permissão"];
    const PERMISSION: Option<&str> = Some("gatilho/permissao");
    judge(&[
        Case {
            mutation: "sem-permissao",
            fails: &[
                (
                    "gatilho/permissao",
                    None,
                    &["arn:aws:s3:::{prefix}-notas`: não"],
                ),
                ("gatilho/ponta-a-ponta", PERMISSION, NOT_CHARGED),
            ],
            skips: FLOW,
        },
        Case {
            mutation: "permissao-de-outra-conta",
            fails: &[
                (
                    "gatilho/permissao",
                    None,
                    &["arn:aws:s3:::{prefix}-notas`: não"],
                ),
                ("gatilho/ponta-a-ponta", PERMISSION, NOT_CHARGED),
            ],
            skips: FLOW,
        },
        Case {
            mutation: "sem-notificacao",
            fails: &[
                (
                    "gatilho/notificacao",
                    None,
                    &["não tem notificação para a função `{prefix}-processa-nota`"],
                ),
                (
                    "gatilho/ponta-a-ponta",
                    Some("gatilho/notificacao"),
                    &["não há item com a chave"],
                ),
            ],
            skips: FLOW,
        },
        Case {
            // Works as it is, and would also answer to `entradas-antigas/`.
            mutation: "prefixo-sem-barra",
            fails: &[(
                "gatilho/notificacao",
                None,
                &["prefixo: `entrada`", "a diferença está na barra"],
            )],
            skips: &[],
        },
        Case {
            mutation: "sem-prefixo",
            fails: &[("gatilho/notificacao", None, &["prefixo: nada"])],
            skips: &[],
        },
        Case {
            mutation: "sem-sufixo",
            fails: &[
                ("gatilho/notificacao", None, &["sufixo: nada"]),
                ("gatilho/so-json", None, &["não existe"]),
            ],
            skips: &[],
        },
        Case {
            mutation: "tambem-remocoes",
            fails: &[(
                "gatilho/notificacao",
                None,
                &["`s3:ObjectCreated:*`, `s3:ObjectRemoved:*`"],
            )],
            skips: &[],
        },
    ]);
}

#[test]
fn open_permissions() {
    judge(&[
        Case {
            mutation: "permissao-sem-conta",
            fails: &[(
                "gatilho/permissao",
                None,
                &["em outra conta (falta `--source-account`)"],
            )],
            skips: &[],
        },
        Case {
            mutation: "permissao-sem-origem",
            fails: &[(
                "gatilho/permissao",
                None,
                &["do mesmo serviço (falta `--source-arn`)"],
            )],
            skips: &[],
        },
    ]);
}

#[test]
fn invalid_notes() {
    const SEPARATED: &[(&str, &[&str])] = &[("validacao/separada", REJECTION_DEPENDENTS)];
    judge(&[
        Case {
            mutation: "excecao-na-invalida",
            fails: &[(
                "validacao/separada",
                None,
                &["ValueError: campo ", "(app.py, linha "],
            )],
            skips: SEPARATED,
        },
        Case {
            mutation: "recusa-e-grava",
            fails: &[("validacao/sem-item", None, &["não existe"])],
            skips: &[],
        },
        Case {
            mutation: "recusa-so-ausentes",
            fails: &[("validacao/tipo", None, &["não existe no bucket"])],
            skips: &[("validacao/tipo", &["validacao/sem-item"])],
        },
        Case {
            mutation: "ilegivel-lanca",
            fails: &[(
                "validacao/ilegivel",
                None,
                &["JSONDecodeError", "(app.py, linha "],
            )],
            skips: &[],
        },
        Case {
            mutation: "recusa-sem-log",
            fails: &[("validacao/log", None, &["linhas do log em que aparece"])],
            skips: &[],
        },
        Case {
            mutation: "recusa-sem-motivo",
            fails: &[("validacao/separada", None, &["nota ruim"])],
            skips: SEPARATED,
        },
        Case {
            mutation: "recusa-com-outro-nome",
            fails: &[(
                "validacao/separada",
                None,
                &["há um objeto `rejeitadas/entrada/invalida-"],
            )],
            skips: SEPARATED,
        },
    ]);
}

#[test]
fn api() {
    judge(&[
        Case {
            mutation: "api-sempre-200",
            fails: &[(
                "api/desconhecida",
                None,
                &["código HTTP: 404", "código HTTP: 200"],
            )],
            skips: &[],
        },
        Case {
            mutation: "api-sem-json",
            fails: &[("api/encontrada", None, &["corpo em JSON: nada"])],
            skips: RESPONSE,
        },
        Case {
            mutation: "api-decimal-como-texto",
            fails: &[(
                "api/encontrada",
                None,
                &["em `valor`, o valor está certo, mas gravado como texto"],
            )],
            skips: RESPONSE,
        },
        Case {
            mutation: "api-decimal-cru",
            fails: &[(
                "api/encontrada",
                None,
                &[
                    "502",
                    "TypeError: Object of type Decimal is not JSON serializable (app.py, linha ",
                ],
            )],
            skips: RESPONSE,
        },
        Case {
            mutation: "api-sem-envelope",
            fails: &[("api/encontrada", None, &["502: falta `statusCode`"])],
            skips: RESPONSE,
        },
        Case {
            mutation: "api-corpo-objeto",
            fails: &[(
                "api/encontrada",
                None,
                &["502: o `body` que a função devolveu não é um texto"],
            )],
            skips: RESPONSE,
        },
        Case {
            mutation: "api-grava-tambem",
            fails: &[(
                "api/leitura",
                None,
                &["`dynamodb:GetItem`, `dynamodb:PutItem`"],
            )],
            skips: &[],
        },
        Case {
            mutation: "api-sem-permissao",
            fails: &[
                (
                    "api/permissao",
                    None,
                    &["a função deixa a API chamá-la: não"],
                ),
                (
                    "api/encontrada",
                    Some("api/permissao"),
                    &["na AWS não funcionaria"],
                ),
            ],
            skips: RESPONSE,
        },
        Case {
            mutation: "api-sem-estagio",
            fails: &[("api/rota", None, &["o estágio `prod` existe: não"])],
            skips: &[(
                "api/rota",
                &["api/permissao", "api/encontrada", "api/desconhecida"],
            )],
        },
    ]);
}

/// Judges cases, some at a time: most of the time they wait.
#[track_caller]
fn judge(cases: &[Case]) {
    const AT_A_TIME: usize = 5;
    let waiting = Mutex::new(cases.iter());
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(|| {
                loop {
                    let next = waiting.lock().unwrap().next();
                    let Some(case) = next else { break };
                    if let Err(problem) = one(case) {
                        let text = format!("{}: {problem}", case.mutation);
                        wrong.lock().unwrap().push(text);
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

fn one(case: &Case) -> Result<(), String> {
    let home = Home::new();
    let built = home.boto3("mutacoes.py", &[case.mutation]);
    if built.code != 0 {
        return Err(format!("not built: {built}"));
    }
    let ran = home.lab(&["check", "--json"]);
    home.lab(&["reset", "--yes"]);
    if ran.code != 1 {
        return Err(format!("{ran}"));
    }
    let report = Report::of(&ran);
    let mut expected: BTreeMap<&str, (&str, Option<&str>)> = report
        .results()
        .iter()
        .map(|r| (r["id"].as_str().unwrap(), ("pass", None)))
        .collect();
    for (because, dependents) in case.skips {
        for id in *dependents {
            expected.insert(id, ("skipped", Some(because)));
        }
    }
    for (id, first, _) in case.fails {
        expected.insert(id, ("fail", *first));
    }
    let actual: BTreeMap<&str, (&str, Option<&str>)> = report
        .results()
        .iter()
        .map(|r| {
            let because = r["dependency"]
                .as_str()
                .or(r["cause"]["first_cause"].as_str());
            (
                r["id"].as_str().unwrap(),
                (r["verdict"].as_str().unwrap(), because),
            )
        })
        .collect();
    let differences: Vec<String> = expected
        .iter()
        .filter(|(id, wanted)| actual[*id] != **wanted)
        .map(|(id, wanted)| {
            format!(
                "{id}: expected {wanted:?}, got {:?}: {:#}",
                actual[id],
                report.check(id)["cause"]
            )
        })
        .collect();
    if !differences.is_empty() {
        return Err(differences.join("\n"));
    }
    for (id, _, texts) in case.fails {
        let result = report.check(id);
        let cause = &result["cause"];
        let notes = cause["notes"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|n| n.as_str());
        let told: Vec<&str> = [cause["expected"].as_str(), cause["actual"].as_str()]
            .into_iter()
            .flatten()
            .chain(notes)
            .collect();
        let told = told.join("\n");
        for text in *texts {
            let text = text.replace("{prefix}", home.prefix());
            if !told.contains(&text) {
                return Err(format!("{id} does not say {text:?}:\n{told}"));
            }
        }
    }
    Ok(())
}
