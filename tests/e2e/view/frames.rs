//! What is on the screen, at the sizes that people have.

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};
use runner::watch::{Event, Hint, Key, Plan, Task, draw};
use snapbox::{assert_data_eq, str};

use super::{View, absent, open};

/// The frame as text; what is behind the last letter of a line is cut.
fn frame(view: &mut View, width: u16, height: u16) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    let mut extents = None;
    terminal
        .draw(|frame| extents = Some(draw(frame, &view.state, true)))
        .unwrap();
    view.state.fit(extents.unwrap());
    let buffer = terminal.backend().buffer();
    let rows = buffer.content().chunks(width.into());
    rows.map(|row| {
        let line: String = row.iter().map(Cell::symbol).collect();
        format!("{}\n", line.trim_end())
    })
    .collect()
}

/// A learner who has begun, and has asked for a hint.
fn begun() -> View {
    let mut view = View::new();
    view.after(0);
    view.graded(Task::Look, absent());
    view.after(3);
    view.graded(Task::Look, open());
    view.graded(Task::Step, open());
    view
}

#[test]
fn eighty_by_twenty_four() {
    assert_data_eq!(
        frame(&mut begun(), 80, 24),
        str![[r#"
Nota fiscal no S3 aciona uma função · passo 1 de 7 · 0 de 100 pontos · sandbox
 Passo ────────────────────────────────────────────────────────────── ↓ mais 52
Um bucket fechado ao público

Por quê

O Amazon S3 guarda arquivos, que ele chama de objetos (objects), dentro de
buckets (baldes). Cada objeto tem uma chave (key), que é o nome dele no bucket:
entrada/nota.json, por exemplo. A barra faz parte do nome. O S3 não tem pastas
de verdade; entrada/ é só um começo de nome, um prefixo (prefix).

Uma nota fiscal tem nome de cliente e valores. Ninguém de fora pode ler isso. O
S3 tem quatro travas contra o acesso público, chamadas juntas de Block Public
 Verificações ──────────────────────────────────────────────────────────────────
✔ OK       O bucket ana-7k3f-notas existe na sua Região
✘ FALHOU   O acesso público ao bucket está bloqueado pelas quatro travas
    fato:       travas de acesso público desligadas
    esperado:   vazia
    observado:  ["BlockPublicPolicy","RestrictPublicBuckets"]
    veja:       aws s3api head-bucket --bucket ana-7k3f-notas
    dica:       O bloqueio tem quatro travas, e as quatro precisam estar
                ligadas: veja put-public-access-block.
aguardo uma mudança há 0 s · olho em 3 s · 9 chamadas
n próximo h dica l passos m mapa r verificar c tudo x limpar q sair ? ajuda

"#]]
    );
}

#[test]
fn a_hundred_and_twenty_by_forty() {
    assert_data_eq!(
        frame(&mut begun(), 120, 40),
        str![[r#"
Nota fiscal no S3 aciona uma função · passo 1 de 7 · 0 de 100 pontos · sandbox
 Passo ──────────────────────────────────────────── ↓ mais 34    Verificações ──────────────────────────────────────────
Um bucket fechado ao público                                    ✔ OK       O bucket ana-7k3f-notas existe na sua Região
                                                                ✘ FALHOU   O acesso público ao bucket está bloqueado
Por quê                                                                    pelas quatro travas
                                                                    fato:       travas de acesso público desligadas
O Amazon S3 guarda arquivos, que ele chama de objetos               esperado:   vazia
(objects), dentro de buckets (baldes). Cada objeto tem uma          observado:  ["BlockPublicPolicy","RestrictPublicBuck
chave (key), que é o nome dele no bucket: entrada/nota.json,                    ets"]
por exemplo. A barra faz parte do nome. O S3 não tem pastas de      veja:       aws s3api head-bucket --bucket
verdade; entrada/ é só um começo de nome, um prefixo (prefix).                  ana-7k3f-notas
                                                                    dica:       O bloqueio tem quatro travas, e as
Uma nota fiscal tem nome de cliente e valores. Ninguém de fora                  quatro precisam estar ligadas: veja
pode ler isso. O S3 tem quatro travas contra o acesso público,                  put-public-access-block.
chamadas juntas de Block Public Access:

- BlockPublicAcls recusa novas listas de acesso (ACLs)
  públicas.
- IgnorePublicAcls ignora as listas públicas que já existem.
- BlockPublicPolicy recusa uma política de bucket pública.
- RestrictPublicBuckets limita quem entra por uma política
  pública que já existe.

Duas travas impedem que se abra o bucket. As outras duas
anulam o que já estava aberto. Por isso você liga as quatro.     Mapa ──────────────────────────────────────────────────
                                                                ✘ Amazon S3 · ana-7k3f-notas FALHOU
Faça                                                              ╰─▶ · AWS Lambda · ana-7k3f-processa-nota:
                                                                        ObjectCreated em entrada/*.json
Objetivo: o bucket ana-7k3f-notas, com as quatro travas         · AWS Lambda · ana-7k3f-processa-nota
ligadas.                                                          ├─▶ · DynamoDB · ana-7k3f-notas-fiscais: PutItem
                                                                  ╰─▶ · Amazon S3 · ana-7k3f-notas: notas inválidas em
Crie o bucket:                                                          rejeitadas/
                                                                · DynamoDB · ana-7k3f-notas-fiscais
  aws s3 mb s3://ana-7k3f-notas                                 · API Gateway · ana-7k3f-notas-api
                                                                  ╰─▶ · AWS Lambda · ana-7k3f-consulta-nota: GET
Depois, ligue as travas. Aqui estão as duas primeiras;                  /notas/<numero>
acrescente as outras duas, separadas por vírgula e sem          · AWS Lambda · ana-7k3f-consulta-nota
espaços:                                                          ╰─▶ · DynamoDB · ana-7k3f-notas-fiscais: GetItem
aguardo uma mudança sua há 0 s · olho de novo em 3 s · 3 chamadas por olhada, 9 até agora
n próximo  h dica  l passos  m mapa  r verificar  c tudo  x limpar  q sair  ? ajuda

"#]]
    );
}

#[test]
fn sixty_by_eighteen() {
    assert_data_eq!(
        frame(&mut begun(), 60, 18),
        str![[r#"
notas-fiscais · passo 1 de 7 · 0 de 100 pontos
 Passo ────────────────────────────────────────── ↓ mais 67
Um bucket fechado ao público

Por quê

 Verificações ──────────────────────────────────── ↓ mais 4
✔ OK       O bucket ana-7k3f-notas existe na sua Região
✘ FALHOU   O acesso público ao bucket está bloqueado pelas
           quatro travas
    fato:       travas de acesso público desligadas
    esperado:   vazia
    observado:  ["BlockPublicPolicy","RestrictPublicBuckets"
                ]
    veja:       aws s3api head-bucket --bucket
aguardo uma mudança há 0 s · olho em 3 s · 9 chamadas
n próximo h dica l passos m mapa r verificar c tudo x limpar
q sair ? ajuda

"#]]
    );
}

#[test]
fn a_hint() {
    let mut view = begun();
    view.event(Event::Hint(Hint {
        step: "bucket".into(),
        title: "dica 1 de 3".into(),
        text: "Um bucket tem quatro travas, e o lab pede as quatro.".into(),
        next: "Tente e rode `lab check bucket`.".into(),
    }));
    assert_data_eq!(
        frame(&mut view, 60, 18),
        str![[r#"
notas-fiscais · passo 1 de 7 · 0 de 100 pontos
 Passo ────────────────────────────────────────── ↓ mais 67
Um bucket fechado ao público

Por quê

 Verificações ──────────────────────────────────── ↑ mais 8
                ana-7k3f-notas
    dica:       O bloqueio tem quatro travas, e as quatro
                precisam estar ligadas: veja
                put-public-access-block.

dica 1 de 3
Um bucket tem quatro travas, e o lab pede as quatro.
Tente e rode lab check bucket.
aguardo uma mudança há 0 s · olho em 3 s · 9 chamadas
n próximo h dica l passos m mapa r verificar c tudo x limpar
q sair ? ajuda

"#]]
    );
}

#[test]
fn the_map_the_steps_the_help_and_a_plan() {
    let mut view = begun();
    view.key('m');
    assert_data_eq!(
        frame(&mut view, 60, 18),
        str![[r#"
notas-fiscais · passo 1 de 7 · 0 de 100 pontos
 Mapa · Esc volta ──────────────────────────────────────────
✘ Amazon S3 · ana-7k3f-notas FALHOU
  ╰─▶ · AWS Lambda · ana-7k3f-processa-nota: ObjectCreated
        em entrada/*.json
· AWS Lambda · ana-7k3f-processa-nota
  ├─▶ · DynamoDB · ana-7k3f-notas-fiscais: PutItem
  ╰─▶ · Amazon S3 · ana-7k3f-notas: notas inválidas em
        rejeitadas/
· DynamoDB · ana-7k3f-notas-fiscais
· API Gateway · ana-7k3f-notas-api
  ╰─▶ · AWS Lambda · ana-7k3f-consulta-nota: GET
        /notas/<numero>
· AWS Lambda · ana-7k3f-consulta-nota
  ╰─▶ · DynamoDB · ana-7k3f-notas-fiscais: GetItem
aguardo uma mudança há 0 s · olho em 3 s · 9 chamadas
n próximo h dica l passos m mapa r verificar c tudo x limpar
q sair ? ajuda

"#]]
    );
    view.key('q');
    view.key('l');
    assert_data_eq!(
        frame(&mut view, 80, 14),
        str![[r#"
Nota fiscal no S3 aciona uma função · passo 1 de 7 · 0 de 100 pontos · sandbox
 Passos · ↑ ↓ escolhem, Enter mostra, Esc volta ────────────────────────────────
▶ ○ a fazer 1. Um bucket fechado ao público · 0 de 10 pontos
  ○ a fazer 2. A tabela das notas · 0 de 10 pontos
  ○ a fazer 3. O papel de execução com o mínimo · 0 de 15 pontos
  ○ a fazer 4. A função que lê, valida e grava · 0 de 20 pontos
  ○ a fazer 5. O bucket aciona a função · 0 de 20 pontos
  ○ a fazer 6. Notas inválidas e repetidas · 0 de 15 pontos
  ○ a fazer 7. Consulta pela API · 0 de 10 pontos



aguardo uma mudança há 0 s · olho em 3 s · 9 chamadas
n próximo h dica l passos m mapa r verificar c tudo x limpar q sair ? ajuda

"#]]
    );
    view.key('q');
    view.key('?');
    assert_data_eq!(
        frame(&mut view, 80, 24),
        str![[r#"
Nota fiscal no S3 aciona uma função · passo 1 de 7 · 0 de 100 pontos · sandbox
 Teclas · Esc volta ────────────────────────────────────────────────────────────
n  vai ao próximo passo, quando este está feito
h  dá a próxima dica do passo; dicas não custam pontos
l  mostra os passos, e vai a outro
m  mostra a arquitetura, com cada parte como está
r  verifica este passo agora
c  verifica o lab inteiro agora
x  remove o que você criou neste passo; mostra o plano e pergunta
q  sai; o que foi verificado já está guardado
?  mostra esta ajuda

↑ ↓  movem o texto; Tab passa do texto às verificações e volta
O lab olha a sua conta de tempos em tempos, e só lê. Quando algo mudou lá, ou em
um arquivo da pasta de trabalho, verifica o passo, e então também aciona o que
você construiu.
Para copiar um comando inteiro: lab show, em outro terminal.





aguardo uma mudança há 0 s · olho em 3 s · 9 chamadas
n próximo h dica l passos m mapa r verificar c tudo x limpar q sair ? ajuda

"#]]
    );
    view.key('q');
    view.event(Event::Plan(Plan {
        doomed: vec![("bucket".into(), "ana-7k3f-notas".into(), "3 objetos".into())],
        staying: vec![],
    }));
    assert_data_eq!(
        frame(&mut view, 80, 14),
        str![[r#"
Nota fiscal no S3 aciona uma função · passo 1 de 7 · 0 de 100 pontos · sandbox
 Limpar o passo ────────────────────────────────────────────────────────────────
remove  bucket   ana-7k3f-notas (3 objetos)
fica    tudo o que não tem os nomes deste passo, o seu progresso e os seus
        arquivos

Remover 1 recurso? s remove; qualquer outra tecla deixa tudo como está.





aguardo uma mudança há 0 s · olho em 3 s · 9 chamadas
n próximo h dica l passos m mapa r verificar c tudo x limpar q sair ? ajuda

"#]]
    );
}

#[test]
fn no_size_is_too_small_and_everything_can_be_reached() {
    let mut view = begun();
    for panel in ["", "m", "l", "?"] {
        for key in panel.chars() {
            view.key(key);
        }
        for (width, height) in [(1, 1), (8, 2), (20, 5), (40, 8), (79, 23), (200, 60)] {
            frame(&mut view, width, height);
        }
        view.event(Event::Key(Key::Esc));
    }
    // Down to the end of the text, and a hundred times further.
    for _ in 0..200 {
        view.event(Event::Key(Key::Down));
        frame(&mut view, 60, 18);
    }
    assert!(frame(&mut view, 60, 18).contains("↑ mais"));
    view.event(Event::Key(Key::Up));
    assert!(frame(&mut view, 60, 18).contains("↓ 1"));
}

#[test]
fn only_the_sixteen_colours_and_none_when_there_are_to_be_none() {
    let view = begun();
    for coloured in [true, false] {
        let mut terminal = Terminal::new(TestBackend::new(120, 40)).unwrap();
        terminal
            .draw(|frame| {
                draw(frame, &view.state, coloured);
            })
            .unwrap();
        let mut seen = std::collections::BTreeSet::new();
        for cell in terminal.backend().buffer().content() {
            assert_eq!(cell.bg, Color::Reset, "the terminal's own background");
            seen.insert(format!("{:?}", cell.fg));
            assert!(!cell.modifier.contains(Modifier::REVERSED));
        }
        let plain = ["Blue", "Cyan", "Green", "Red", "Reset", "Yellow"];
        let expected: &[&str] = if coloured { &plain } else { &["Reset"] };
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), expected);
    }
}
