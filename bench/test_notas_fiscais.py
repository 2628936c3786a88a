"""Lab 01 graded by pytest and boto3, as an instructor would who knows both: the
same 29 questions as labs/01-notas-fiscais/lab.toml, one after the other, with
data made afresh and what was made removed. `test_bucket__existe` is the check
`bucket/existe`.

Usage: pytest test_notas_fiscais.py, with PREFIX in the environment and what
boto3 needs.
"""

import json
import os
import random
import time
import urllib.error
import urllib.parse
import urllib.request
from decimal import Decimal
from fnmatch import fnmatchcase

import boto3
import pytest
from boto3.dynamodb.conditions import Key
from botocore.exceptions import ClientError

PREFIX, REGION = os.environ["PREFIX"], os.environ["AWS_REGION"]
BUCKET, TABLE = f"{PREFIX}-notas", f"{PREFIX}-notas-fiscais"
WRITER, READER, API = f"{PREFIX}-processa-nota", f"{PREFIX}-consulta-nota", f"{PREFIX}-notas-api"

s3, iam, functions = boto3.client("s3"), boto3.client("iam"), boto3.client("lambda")
dynamodb, apigateway, logs = boto3.client("dynamodb"), boto3.client("apigateway"), boto3.client("logs")
table = boto3.resource("dynamodb").Table(TABLE)
ACCOUNT = boto3.client("sts").get_caller_identity()["Account"]
TABLE_ARN = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{TABLE}"
FUNCTION_ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{WRITER}"

# What must not happen needs time to happen; `lab` gives it as much.
GRACE = 0.5

passed = set()


@pytest.fixture(autouse=True)
def needs(request):
    """A check whose needs did not pass is not tried."""
    marker = request.node.get_closest_marker("needs")
    for need in marker.args if marker else ():
        if need not in passed:
            pytest.skip(f"needs {need}")
    failed = request.session.testsfailed
    yield
    # A failure is counted before the fixtures are taken down.
    if request.session.testsfailed == failed:
        passed.add(request.node.name.removeprefix("test_").replace("__", "/").replace("_", "-"))


@pytest.fixture
def forget():
    """Collects what is to be removed afterwards: keys of objects and of items."""
    objects, items = [], []
    yield lambda keys=(), numbers=(): (objects.extend(keys), items.extend(numbers))
    for key in objects:
        s3.delete_object(Bucket=BUCKET, Key=key)
    for number in items:
        table.delete_item(Key={"numero": number})


def within(seconds, look):
    """Looks again and again until the answer is not empty or time is up."""
    end = time.monotonic() + seconds
    while True:
        seen = look()
        if seen or time.monotonic() > end:
            return seen
        time.sleep(0.02)


def fresh():
    return f"{random.randrange(10**8):08}"


def cents(low, high):
    return random.randrange(low * 100, high * 100) / 100


def invoice():
    return {
        "numero": f"NF-{fresh()}",
        "cliente": random.choice(["José Araújo", "Conceição Prado", "Inês Sá & Filhos"]),
        "valor": cents(10, 9000),
        "data": f"2026-{random.randint(1, 12):02}-{random.randint(1, 28):02}",
        "itens": [{"descricao": "Cadeira", "quantidade": random.randint(1, 9), "preco": cents(1, 900)}],
    }


def without(note):
    field = random.choice(["cliente", "valor", "data"])
    return field, {name: value for name, value in note.items() if name != field}


def wrong(note, fields=("cliente", "valor", "itens")):
    field = random.choice(fields)
    return field, note | {field: [] if field == "cliente" else "a combinar"}


def put(key, body):
    s3.put_object(Bucket=BUCKET, Key=key, Body=body if isinstance(body, str) else json.dumps(body))


def item(number):
    return table.get_item(Key={"numero": number}, ConsistentRead=True).get("Item")


def is_saved(note, fields=("cliente", "valor", "data", "itens")):
    def look():
        seen = json.loads(json.dumps(item(note["numero"]), default=float))
        return seen and all(seen.get(name) == note[name] for name in fields)

    return look


def invoke(key):
    """Calls the function as S3 does."""
    s3_part = {"bucket": {"name": BUCKET}, "object": {"key": urllib.parse.quote_plus(key, safe="/")}}
    record = {"eventSource": "aws:s3", "awsRegion": REGION, "eventName": "ObjectCreated:Put", "s3": s3_part}
    answer = functions.invoke(FunctionName=WRITER, Payload=json.dumps({"Records": [record]}))
    assert "FunctionError" not in answer, answer["Payload"].read()


def rejected(name):
    def look():
        try:
            return s3.get_object(Bucket=BUCKET, Key=f"rejeitadas/{name}")["Body"].read().decode()
        except ClientError:
            return None

    return look


def allowed(role, resource, *actions):
    """The actions that the role may do on the resource."""
    answer = iam.simulate_principal_policy(
        PolicySourceArn=f"arn:aws:iam::{ACCOUNT}:role/{role}", ResourceArns=[resource], ActionNames=actions
    )
    return [r["EvalActionName"] for r in answer["EvaluationResults"] if r["EvalDecision"] == "allowed"]


def as_list(value):
    return value if isinstance(value, list) else [value]


def wildcards(role):
    """Actions and resources with an asterisk that stands for all, in the role's
    own policies; AWS's managed ones are not its."""
    documents = [
        iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]
    ]
    for attached in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
        arn = attached["PolicyArn"]
        if not arn.startswith("arn:aws:iam::aws:"):
            version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
            documents.append(iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"])
    statements = [s for document in documents for s in as_list(document["Statement"])]
    actions = [a for s in statements for a in as_list(s.get("Action", [])) if "*" in a]
    return actions + [r for s in statements for r in as_list(s.get("Resource", [])) if r == "*"]


def permits(function, service, source, account):
    """Whether the function's own policy lets the service in."""
    policy = json.loads(functions.get_policy(FunctionName=function)["Policy"])
    for statement in policy["Statement"]:
        who = statement["Principal"]
        who = who.get("Service") if isinstance(who, dict) else who
        asked = {k.lower(): v for test in statement.get("Condition", {}).values() for k, v in test.items()}
        if (
            statement["Effect"] == "Allow"
            and who in (service, "*")
            and fnmatchcase(source, asked.get("aws:sourcearn", "*"))
            and asked.get("aws:sourceaccount", account) == account
        ):
            return True
    return False


@pytest.fixture(scope="session")
def api_id():
    ids = [a["id"] for a in apigateway.get_rest_apis(limit=500)["items"] if a["name"] == API]
    return ids[0] if ids else None


def get(api_id, path):
    url = f"{os.environ['AWS_ENDPOINT_URL']}/_aws/execute-api/{api_id}/prod{path}"
    try:
        with urllib.request.urlopen(url, timeout=29) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, None


def test_bucket__existe():
    where = s3.get_bucket_location(Bucket=BUCKET)["LocationConstraint"] or "us-east-1"
    assert where == REGION


@pytest.mark.needs("bucket/existe")
def test_bucket__fechado():
    locks = s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"]
    names = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    assert all(locks.get(name) for name in names)


def test_tabela__chave():
    assert within(20, lambda: dynamodb.describe_table(TableName=TABLE)["Table"]["TableStatus"] == "ACTIVE")
    found = dynamodb.describe_table(TableName=TABLE)["Table"]
    assert found["KeySchema"] == [{"AttributeName": "numero", "KeyType": "HASH"}]
    assert {"AttributeName": "numero", "AttributeType": "S"} in found["AttributeDefinitions"]


@pytest.mark.needs("tabela/chave")
def test_tabela__sob_demanda():
    found = dynamodb.describe_table(TableName=TABLE)["Table"]
    assert found.get("BillingModeSummary", {}).get("BillingMode") == "PAY_PER_REQUEST"


def test_papel__confianca():
    trust = iam.get_role(RoleName=WRITER)["Role"]["AssumeRolePolicyDocument"]
    services = [as_list(s["Principal"].get("Service", [])) for s in as_list(trust["Statement"])]
    assert sum(services, []) == ["lambda.amazonaws.com"]


@pytest.mark.needs("papel/confianca")
def test_papel__leitura():
    assert allowed(WRITER, f"arn:aws:s3:::{BUCKET}/entrada/teste-{fresh()}.json", "s3:GetObject")


@pytest.mark.needs("papel/confianca")
def test_papel__escrita():
    assert allowed(WRITER, TABLE_ARN, "dynamodb:PutItem")


@pytest.mark.needs("papel/confianca")
def test_papel__rejeitadas():
    assert allowed(WRITER, f"arn:aws:s3:::{BUCKET}/rejeitadas/teste-{fresh()}.json", "s3:PutObject")


@pytest.mark.needs("papel/confianca")
def test_papel__logs():
    group = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/lambda/{WRITER}"
    assert allowed(WRITER, group, "logs:CreateLogGroup")
    assert len(allowed(WRITER, f"{group}:log-stream:x", "logs:CreateLogStream", "logs:PutLogEvents")) == 2


@pytest.mark.needs("papel/leitura", "papel/escrita", "papel/rejeitadas")
def test_papel__minimo():
    resources = [
        f"arn:aws:s3:::{BUCKET}",
        f"arn:aws:s3:::{BUCKET}/entrada/teste-{fresh()}.json",
        TABLE_ARN,
        f"arn:aws:iam::{ACCOUNT}:role/{WRITER}",
        FUNCTION_ARN,
    ]
    too_much = ["s3:PutObject", "s3:DeleteObject", "s3:DeleteBucket", "dynamodb:DeleteTable", "dynamodb:DeleteItem"]
    too_much += ["dynamodb:Scan", "iam:PassRole", "lambda:InvokeFunction"]
    for resource in resources:
        assert allowed(WRITER, resource, *too_much) == []
    assert wildcards(WRITER) == []


@pytest.mark.needs("papel/leitura", "papel/escrita", "papel/rejeitadas")
def test_papel__so_seus_recursos():
    other = f"teste-{fresh()}"
    foreign = [
        f"arn:aws:s3:::outro-bucket-{other}/entrada/nota.json",
        f"arn:aws:s3:::{BUCKET}-{other}/entrada/nota.json",
        f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/outra-{other}",
        f"{TABLE_ARN}-{other}",
    ]
    for resource in foreign:
        assert allowed(WRITER, resource, "s3:GetObject", "s3:PutObject", "dynamodb:PutItem") == []


def test_funcao__configurada():
    def look():
        found = functions.get_function_configuration(FunctionName=WRITER)
        return found["Role"] == f"arn:aws:iam::{ACCOUNT}:role/{WRITER}" and found["State"] == "Active"

    assert within(20, look)


@pytest.mark.needs("funcao/configurada", "bucket/existe", "tabela/chave")
def test_funcao__processa(forget):
    note = invoice()
    key = f"entrada/{note['numero']}.json"
    forget([key], [note["numero"]])
    put(key, note)
    invoke(key)
    assert within(2, is_saved(note))


@pytest.mark.needs("funcao/processa")
def test_funcao__acentos(forget):
    note = invoice()
    key = f"entrada/nota de {note['cliente']} nº {note['numero']}.json"
    forget([key], [note["numero"]])
    put(key, note)
    invoke(key)
    assert within(2, is_saved(note, ["cliente"]))


@pytest.mark.needs("funcao/configurada")
def test_gatilho__permissao():
    source = f"arn:aws:s3:::{BUCKET}"
    assert permits(WRITER, "s3.amazonaws.com", source, ACCOUNT)
    assert not permits(WRITER, "s3.amazonaws.com", f"{source}-outro", ACCOUNT)
    assert not permits(WRITER, "s3.amazonaws.com", source, "999999999999")


@pytest.mark.needs("funcao/configurada", "bucket/existe")
def test_gatilho__notificacao():
    found = s3.get_bucket_notification_configuration(Bucket=BUCKET)["LambdaFunctionConfigurations"]
    assert [(f["LambdaFunctionArn"], f["Events"]) for f in found] == [(FUNCTION_ARN, ["s3:ObjectCreated:*"])]
    rules = {rule["Name"].lower(): rule["Value"] for rule in found[0]["Filter"]["Key"]["FilterRules"]}
    assert rules == {"prefix": "entrada/", "suffix": ".json"}


@pytest.mark.needs("funcao/configurada", "bucket/existe", "tabela/chave")
def test_gatilho__ponta_a_ponta(forget):
    note = invoice()
    key = f"entrada/{note['numero']}.json"
    forget([key], [note["numero"]])
    put(key, note)
    assert within(20, is_saved(note, ["cliente", "valor", "data"]))


@pytest.mark.needs("gatilho/ponta-a-ponta")
def test_gatilho__so_json(forget):
    note, other = invoice(), invoice()
    keys = [f"entrada/{other['numero']}.txt", f"entrada/{note['numero']}.json"]
    forget(keys, [note["numero"], other["numero"]])
    put(keys[0], other)
    put(keys[1], note)
    assert within(20, is_saved(note))
    time.sleep(GRACE)
    assert item(other["numero"]) is None


def set_aside(forget, body, number):
    """What is in rejeitadas/ of a file that the function rejects."""
    name = f"invalida-{fresh()}.json"
    forget([f"entrada/{name}", f"rejeitadas/{name}"], [number])
    put(f"entrada/{name}", body)
    return within(10, rejected(name))


@pytest.mark.needs("gatilho/ponta-a-ponta")
def test_validacao__separada(forget):
    field, note = without(invoice())
    assert field in (set_aside(forget, note, note["numero"]) or "").lower()


@pytest.mark.needs("validacao/separada")
def test_validacao__tipo(forget):
    field, note = wrong(invoice())
    assert field in (set_aside(forget, note, note["numero"]) or "").lower()


@pytest.mark.needs("validacao/separada")
def test_validacao__ilegivel(forget):
    assert set_aside(forget, f"isto não é JSON: {fresh()}", "nada")


@pytest.mark.needs("validacao/tipo")
def test_validacao__sem_item(forget):
    note, name = invoice(), f"invalida-{fresh()}"
    keys = [f"entrada/{name}-b.json", f"entrada/{name}-e.json"]
    forget(keys + [key.replace("entrada/", "rejeitadas/") for key in keys], [note["numero"]])
    put(keys[0], without(note)[1])
    put(keys[1], wrong(note, ["valor"])[1])
    invoke(keys[0])
    invoke(keys[1])
    assert within(10, rejected(f"{name}-e.json"))
    time.sleep(GRACE)
    assert item(note["numero"]) is None


@pytest.mark.needs("validacao/separada")
def test_validacao__log(forget):
    field, note = without(invoice())
    name = f"invalida-{fresh()}-c"
    forget([f"entrada/{name}.json", f"rejeitadas/{name}.json"], [note["numero"]])
    put(f"entrada/{name}.json", note)

    def look():
        found = logs.filter_log_events(logGroupName=f"/aws/lambda/{WRITER}", filterPattern=f'"{name}"')
        return [e for e in found["events"] if name in e["message"] and field in e["message"].lower()]

    assert within(20, look)


@pytest.mark.needs("gatilho/ponta-a-ponta")
def test_validacao__repetida(forget):
    note = invoice()
    key = f"entrada/{note['numero']}.json"
    forget([key, key.replace("entrada/", "rejeitadas/")], [note["numero"]])
    put(key, note)
    invoke(key)
    invoke(key)
    condition = Key("numero").eq(note["numero"])
    assert within(2, lambda: table.query(KeyConditionExpression=condition, ConsistentRead=True)["Count"] == 1)


def test_api__leitura():
    actions = ("GetItem", "PutItem", "UpdateItem", "BatchWriteItem", "DeleteItem", "DeleteTable")
    assert allowed(READER, TABLE_ARN, *(f"dynamodb:{a}" for a in actions)) == ["dynamodb:GetItem"]
    assert wildcards(READER) == []


def test_api__rota(api_id):
    found = apigateway.get_resources(restApiId=api_id, limit=500)["items"]
    resource = next(r["id"] for r in found if r["path"].startswith("/notas/{"))
    integration = apigateway.get_integration(restApiId=api_id, resourceId=resource, httpMethod="GET")
    assert (integration["type"], integration["httpMethod"]) == ("AWS_PROXY", "POST")
    assert integration["uri"].endswith(f":function:{READER}/invocations")
    assert apigateway.get_stage(restApiId=api_id, stageName="prod")["deploymentId"]


@pytest.mark.needs("api/rota")
def test_api__permissao(api_id):
    source = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{{}}/prod/GET/notas/NF-{fresh()}"
    assert permits(READER, "apigateway.amazonaws.com", source.format(api_id), None)
    assert not permits(READER, "apigateway.amazonaws.com", source.format("outra"), None)


@pytest.mark.needs("api/rota", "tabela/chave")
def test_api__encontrada(api_id, forget):
    note = invoice()
    forget([], [note["numero"]])
    table.put_item(Item=json.loads(json.dumps(note), parse_float=Decimal))
    assert within(3, lambda: get(api_id, f"/notas/{note['numero']}") == (200, note))


@pytest.mark.needs("api/encontrada")
def test_api__desconhecida(api_id):
    assert get(api_id, f"/notas/NAO-EXISTE-{fresh()}")[0] == 404
