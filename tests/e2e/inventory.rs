//! What is in an account, as text; neighbours; and the reset that leaves them.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use runner::aws::{Connection, Inventory, ResetPlan, Session, TargetKind};
use runner::core::{ProbeErrorKind, Resource, World};
use runner::reset::reset;

use crate::support::{Answer, Ran, Request, Server, fixture, shared};

const REGION: &str = "us-east-1";

/// An account of the test in the shared sandbox, with names that nobody else has.
struct Account {
    id: String,
    prefix: String,
    session: Session,
}

impl Account {
    async fn new() -> Self {
        let id = format!("8{:011}", fastrand::u64(..100_000_000_000));
        Self {
            prefix: format!("t{:07x}", fastrand::u32(..0x1000_0000)),
            session: connect(TargetKind::Sandbox, Some(shared().endpoint()), &id).await,
            id,
        }
    }

    /// A program with boto3 in this account.
    fn python(&self) -> Command {
        let mut command = shared().python();
        command
            .env("AWS_ACCESS_KEY_ID", &self.id)
            .env("AWS_SECRET_ACCESS_KEY", "sandbox")
            .env_remove("AWS_SESSION_TOKEN");
        command
    }

    /// A program of `fixtures/` in this account.
    fn fixture(&self, program: &str) -> Command {
        let mut command = self.python();
        command
            .arg(fixture(program))
            .args([&self.prefix, &self.id, REGION]);
        command
    }

    async fn look(&self) -> Inventory {
        self.session.inventory().await.unwrap()
    }

    /// What the first lab asks for.
    fn resources(&self) -> Vec<Resource> {
        let name = |rest: &str| format!("{}-{rest}", self.prefix);
        vec![
            Resource::S3Bucket(name("notas")),
            Resource::DynamodbTable(name("notas-fiscais")),
            Resource::IamRole(name("processa-nota")),
            Resource::LambdaFunction(name("processa-nota")),
            Resource::IamRole(name("consulta-nota")),
            Resource::LambdaFunction(name("consulta-nota")),
            Resource::RestApi(name("notas-api")),
        ]
    }
}

async fn connect(kind: TargetKind, endpoint: Option<&str>, account: &str) -> Session {
    Session::connect(&Connection {
        kind,
        endpoint: endpoint.map(str::to_owned),
        region: Some(REGION.to_owned()),
        keys: Some((account.to_owned(), "sandbox".to_owned())),
    })
    .await
}

#[tokio::test]
async fn every_change_shows_and_nothing_else_does() {
    let account = Account::new().await;
    assert!(account.look().await.is_empty());

    let mut changes = account
        .fixture("mudancas.py")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut ask = changes.stdin.take().unwrap();
    let mut told = BufReader::new(changes.stdout.take().unwrap()).lines();
    let mut next = || -> String { serde_json::from_str(&told.next().unwrap().unwrap()).unwrap() };
    assert_eq!(next(), "built");

    let mut before = account.look().await;
    assert_eq!(before, account.look().await);
    let mut missed = Vec::new();
    let mut made = 0;
    loop {
        writeln!(ask).unwrap();
        let shows = next();
        if shows.is_empty() {
            break;
        }
        made += 1;
        let after = account.look().await;
        let (gone, new) = before.difference(&after);
        if !gone.iter().chain(&new).any(|l| l.starts_with(&shows)) {
            missed.push(format!("{shows}: {gone:#?} {new:#?}"));
        }
        // A function becomes ready by itself.
        if shows.starts_with("lambda_") {
            assert_eq!(after.difference(&account.look().await), (vec![], vec![]));
        }
        let logs = shows.starts_with("log_group ");
        assert_eq!(
            before.without_logs() == after.without_logs(),
            logs,
            "{shows}"
        );
        before = after;
    }
    assert_eq!(before, account.look().await);
    assert!(changes.wait().unwrap().success());
    assert!(missed.is_empty(), "{}", missed.join("\n"));
    assert!(made > 50, "{made}");
}

#[tokio::test]
async fn a_reset_takes_the_lab_and_leaves_its_neighbours_as_they_were() {
    let account = Account::new().await;
    let resources = account.resources();
    for resource in &resources {
        account.session.create_neighbour(resource).await.unwrap();
    }
    let neighbours = account.look().await;
    for start in [
        format!("s3_object {}-notas-vizinho/", account.prefix),
        format!("s3_object vizinho-{}-notas/", account.prefix),
        format!("dynamodb_item {}-notas-fiscais-vizinho ", account.prefix),
        format!(
            "lambda_function {}-processa-nota-vizinho policy ",
            account.prefix
        ),
        format!(
            "log_group /aws/lambda/{}-processa-nota-vizinho",
            account.prefix
        ),
        format!("iam_role vizinho-{}-consulta-nota inline ", account.prefix),
        format!("rest_api {}-notas-api-vizinho ", account.prefix),
    ] {
        assert!(
            neighbours.lines().any(|l| l.starts_with(&start)),
            "{start} in {neighbours:#?}"
        );
    }

    Ran::run(account.fixture("aluno_boto3.py")).expect_code(0);
    let function = format!("{}-processa-nota", account.prefix);
    let mut call = account.python();
    call.args([
        "-c",
        "import boto3, sys; boto3.client('lambda').invoke(FunctionName=sys.argv[1], Payload=b'{}')",
    ])
    .arg(&function);
    Ran::run(call).expect_code(0);
    let group = format!("log_group /aws/lambda/{function}");
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while !account.look().await.lines().any(|l| l == group) {
        assert!(std::time::Instant::now() < deadline, "no {group}");
    }

    // The same resource twice, as when two steps ask for it, is one.
    let twice = [resources.clone(), resources.clone()].concat();
    let plan = account.session.plan_reset(&twice).await;
    assert!(plan.unread.is_empty(), "{plan:?}");
    let order: Vec<u8> = plan.doomed.iter().map(|(r, _)| r.rank()).collect();
    assert_eq!(order, [1, 1, 2, 2, 3, 4, 4]);
    let mut said = Vec::new();
    let done = reset(&account.session, &plan, |resource| {
        said.push(resource.clone());
    })
    .await;
    assert!(done.failed.is_empty(), "{done:?}");
    assert_eq!(done.deleted.len(), resources.len());
    // Each is told once, and who uses goes before what it uses.
    let at = |resource: &Resource| said.iter().position(|r| r == resource).unwrap();
    assert_eq!(said.len(), resources.len());
    assert!(at(&resources[3]) < at(&resources[2]), "{said:?}");

    let left = account.look().await;
    let (gone, new) = neighbours.difference(&left);
    assert_eq!(gone, Vec::<&str>::new());
    // The learner's own managed policy has a name that the lab did not give.
    let own = format!("iam_policy {}-gravar-notas", account.prefix);
    assert!(new.iter().all(|line| line.starts_with(&own)), "{new:#?}");

    let again = account.session.plan_reset(&resources).await;
    assert!(
        again.doomed.is_empty() && again.unread.is_empty(),
        "{again:?}"
    );
}

#[tokio::test]
async fn a_queue_goes_with_its_messages_and_a_function_with_its_mappings() {
    let account = Account::new().await;
    let queues = [
        Resource::SqsQueue(format!("{}-eventos", account.prefix)),
        Resource::SqsQueue(format!("{}-pedidos.fifo", account.prefix)),
    ];
    for queue in &queues {
        account.session.create_neighbour(queue).await.unwrap();
    }
    let neighbours = account.look().await;
    for start in [
        format!("sqs_queue {}-eventos-vizinho messages 1", account.prefix),
        format!(
            "sqs_queue vizinho-{}-pedidos.fifo messages 1",
            account.prefix
        ),
    ] {
        assert!(neighbours.lines().any(|l| l == start), "{neighbours:#?}");
    }

    Ran::run(account.fixture("aluno_boto3.py")).expect_code(0);
    let mut make = account.python();
    make.args([
        "-c",
        "import boto3, sys; prefix, account = sys.argv[1:]; sqs = boto3.client('sqs'); \
        url = sqs.create_queue(QueueName=prefix + '-eventos')['QueueUrl']; \
        sqs.send_message(QueueUrl=url, MessageBody='a'); \
        sqs.create_queue(QueueName=prefix + '-pedidos.fifo', Attributes={'FifoQueue': 'true'}); \
        boto3.client('lambda').create_event_source_mapping(Enabled=False, \
            FunctionName=prefix + '-processa-nota', \
            EventSourceArn=f'arn:aws:sqs:us-east-1:{account}:{prefix}-eventos')",
    ])
    .args([&account.prefix, &account.id]);
    Ran::run(make).expect_code(0);
    let mapping = format!(
        "lambda_event_source_mapping {}-processa-nota ",
        account.prefix
    );
    let there = account.look().await;
    assert!(there.lines().any(|l| l.starts_with(&mapping)), "{there:#?}");

    let resources = [account.resources(), queues.to_vec()].concat();
    let plan = account.session.plan_reset(&resources).await;
    assert!(plan.unread.is_empty(), "{plan:?}");
    assert_eq!(plan.doomed.len(), resources.len());
    let done = reset(&account.session, &plan, |_| ()).await;
    assert!(done.failed.is_empty(), "{done:?}");
    let left = account.look().await;
    let (gone, new) = neighbours.difference(&left);
    assert_eq!(gone, Vec::<&str>::new());
    let own = format!("iam_policy {}-gravar-notas", account.prefix);
    assert!(new.iter().all(|line| line.starts_with(&own)), "{new:#?}");
}

#[tokio::test]
async fn a_bucket_in_another_region_is_seen_and_reset() {
    let account = Account::new().await;
    let bucket = format!("{}-notas", account.prefix);
    let mut make = account.python();
    make.args(["-c", "import boto3, sys; s3 = boto3.client('s3', region_name='sa-east-1'); \
        s3.create_bucket(Bucket=sys.argv[1], CreateBucketConfiguration={'LocationConstraint': 'sa-east-1'}); \
        s3.put_object(Bucket=sys.argv[1], Key='a', Body=b'x')"])
        .arg(&bucket);
    Ran::run(make).expect_code(0);
    let there = account.look().await;
    let region = format!("s3_bucket {bucket} region sa-east-1");
    assert!(there.lines().any(|l| l == region), "{there:#?}");

    let plan = account
        .session
        .plan_reset(&[Resource::S3Bucket(bucket.clone())])
        .await;
    assert_eq!(
        plan.doomed,
        [(Resource::S3Bucket(bucket), "1 objeto".to_owned())]
    );
    let done = reset(&account.session, &plan, |_| ()).await;
    assert!(done.failed.is_empty(), "{done:?}");
    assert!(account.look().await.is_empty());
}

/// Each call of an inventory, and of a plan, is denied in its turn.
#[tokio::test]
async fn what_cannot_be_read_is_no_absence_and_stays() {
    let account = Account::new().await;
    Ran::run(account.fixture("aluno_boto3.py")).expect_code(0);
    let mut group = account.python();
    group.args([
        "-c",
        "import boto3; boto3.client('logs').create_log_group(logGroupName='grupo')",
    ]);
    Ran::run(group).expect_code(0);
    let whole = account.look().await;

    let (relay, session, _server) = Relay::before(&account).await;
    assert_eq!(session.inventory().await, Ok(whole.clone()));
    let mut calls = std::mem::take(&mut *relay.seen.lock().unwrap());
    assert!(calls.len() > 50, "{calls:#?}");
    // The calls for the one function are those for the other.
    calls.retain(|call| !call.contains("consulta-nota"));
    for call in calls {
        relay.deny(&call);
        let kind = session.inventory().await.map_err(|error| error.kind).err();
        assert_eq!(kind, Some(ProbeErrorKind::Denied), "{call}");
    }

    let resources = account.resources();
    // Another one: a call that an inventory gave up may still come to the first.
    let (relay, session, _server) = Relay::before(&account).await;
    let plan = session.plan_reset(&resources).await;
    assert_eq!(plan.doomed.len(), resources.len());
    let calls = std::mem::take(&mut *relay.seen.lock().unwrap());
    assert!(calls.len() >= resources.len(), "{calls:#?}");
    for call in calls {
        relay.deny(&call);
        let plan = session.plan_reset(&resources).await;
        assert_eq!(plan.unread.len(), 1, "{call}: {plan:?}");
        assert_eq!(plan.doomed.len(), resources.len() - 1, "{call}: {plan:?}");
    }
    // What could not be looked at is not deleted.
    let unread = ResetPlan {
        unread: session.plan_reset(&resources).await.unread,
        ..ResetPlan::default()
    };
    let done = reset(&session, &unread, |_| ()).await;
    assert!(done.deleted.is_empty() && done.failed.is_empty());
    assert_eq!(account.look().await, whole);
}

/// Stands before the sandbox and denies one call.
#[derive(Default)]
struct Relay {
    seen: Mutex<BTreeSet<String>>,
    denied: Mutex<String>,
}

impl Relay {
    async fn before(account: &Account) -> (Arc<Self>, Session, Server) {
        let relay = Arc::new(Self::default());
        let its = Arc::clone(&relay);
        let server = Server::answering(move |request| its.answer(request));
        let endpoint = Some(server.endpoint());
        let session = connect(TargetKind::Sandbox, endpoint, &account.id).await;
        (relay, session, server)
    }

    fn deny(&self, call: &str) {
        call.clone_into(&mut self.denied.lock().unwrap());
    }

    fn answer(&self, request: &Request) -> Answer {
        let mut head = request.head.lines();
        let line = head.next().unwrap();
        let target = head.find(|header| header.starts_with("x-amz-target"));
        let call = format!("{line} {} {}", target.unwrap_or_default(), request.body);
        let denied = *self.denied.lock().unwrap() == call;
        self.seen.lock().unwrap().insert(call);
        if denied {
            no(request)
        } else {
            forward(request)
        }
    }
}

/// A content type, the number that AWS gives every answer, and the protocol of
/// those that ask for it.
pub(crate) const NUMBERED: &str =
    "application/octet-stream\r\nx-amz-request-id: 1\r\nsmithy-protocol: rpc-v2-cbor";

/// The same as the JSON below, in CBOR.
const NO_IN_CBOR: &[u8] = b"\xa2\x66__type\x75AccessDeniedException\x67message\x62no";

/// A denial in the words of the service that was asked.
pub(crate) fn no(request: &Request) -> Answer {
    if request.head.contains("/monitoring/aws4_request") {
        return Answer::Bytes(403, NUMBERED, NO_IN_CBOR.to_vec());
    }
    let text = if request.head.contains("/s3/aws4_request") {
        "<Error><Code>AccessDenied</Code><Message>no</Message></Error>"
    } else if ["/iam/", "/sns/"]
        .iter()
        .any(|service| request.head.contains(&format!("{service}aws4_request")))
    {
        "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>"
    } else {
        r#"{"__type":"AccessDeniedException","message":"no"}"#
    };
    Answer::Text(403, NUMBERED, text.to_owned())
}

/// Sends a request on, and gives the answer.
pub(crate) fn forward(request: &Request) -> Answer {
    let address = shared().endpoint().trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).unwrap();
    let headers = request.head.lines().skip(1).filter(|line| {
        let name = line.split(':').next().unwrap_or_default();
        !line.is_empty() && !["host", "connection"].contains(&name.to_lowercase().as_str())
    });
    let mut head = format!(
        "{}\r\nHost: {address}\r\nConnection: close\r\n",
        request.head.lines().next().unwrap()
    );
    for header in headers {
        write!(head, "{header}\r\n").unwrap();
    }
    stream
        .write_all(&[format!("{head}\r\n").as_bytes(), &request.bytes].concat())
        .unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let end = answer.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
    let head = String::from_utf8_lossy(&answer[..end]);
    let body = &answer[end + 4..];
    let chunked = head.to_lowercase().contains("chunked");
    assert!(!chunked || body.is_empty(), "{head}");
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer::Bytes(status, NUMBERED, body.to_vec())
}

#[tokio::test]
async fn neighbours_are_never_made_on_aws() {
    let session = connect(TargetKind::Aws, None, "811111111111").await;
    for resource in Account::new().await.resources() {
        let error = session.create_neighbour(&resource).await.unwrap_err();
        assert_eq!(error.kind, ProbeErrorKind::Refused);
    }
    assert_eq!(session.calls(), 0);
}
