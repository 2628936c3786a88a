"""Brings accounts of the sandbox into the states that are measured.

Usage: accounts.py class FIRST COUNT   the first three steps of lab 01 in each account,
                                       but in every twentieth, which is solved whole
       accounts.py break PREFIX         seven mistakes in an account in which lab 01 is solved
"""

import os
import sys
from pathlib import Path

import boto3
import botocore.session
from botocore.config import Config
from botocore.credentials import Credentials

ROOT = Path(__file__).parent.parent
REGION = os.environ["AWS_REGION"]
STEP_3 = ROOT / "solutions/01-notas-fiscais/3-papel"


def clients(credentials):
    """Clients that sign as whoever the credentials name at the moment."""
    core = botocore.session.get_session()
    core._credentials = credentials
    session = boto3.Session(botocore_session=core, region_name=REGION)
    config = Config(retries={"total_max_attempts": 1})
    return (session.client(name, config=config) for name in ("s3", "dynamodb", "iam"))


def solve_three_steps(s3, dynamodb, iam, account, prefix):
    """The bucket, the table and the role, as the reference solution makes them."""
    bucket, table, role = f"{prefix}-notas", f"{prefix}-notas-fiscais", f"{prefix}-processa-nota"
    names = {"bucket": bucket, "region": REGION, "account": account, "tabela": table}

    def document(file):
        text = (STEP_3 / file).read_text()
        for name, value in names.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    s3.create_bucket(Bucket=bucket)
    locks = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=dict.fromkeys(locks, True))
    dynamodb.create_table(
        TableName=table,
        AttributeDefinitions=[{"AttributeName": "numero", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "numero", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    iam.create_role(RoleName=role, AssumeRolePolicyDocument=document("confianca.json"))
    iam.put_role_policy(RoleName=role, PolicyName="minimo", PolicyDocument=document("permissoes.json"))
    logs = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
    iam.attach_role_policy(RoleName=role, PolicyArn=logs)


def fill_class(first, count):
    credentials = Credentials("", "sandbox")
    s3, dynamodb, iam = clients(credentials)
    for number in (n for n in range(count) if n % 20):
        credentials.access_key = str(first + number)
        solve_three_steps(s3, dynamodb, iam, credentials.access_key, f"turma-{number:03}")


def break_account(prefix):
    """Seven mistakes that do not hide one another."""
    account = "000000000000"
    sys.path.insert(0, str(ROOT / "tests/e2e/fixtures"))
    sys.argv[1:] = [prefix, account, REGION]
    import aluno_boto3 as learner

    # A lock is open.
    learner.s3.put_public_access_block(
        Bucket=learner.BUCKET,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": False,
        },
    )
    # The table has capacity of its own.
    capacity = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}
    learner.dynamodb.update_table(
        TableName=learner.TABLE, BillingMode="PROVISIONED", ProvisionedThroughput=capacity
    )
    # The role may do more than it needs.
    more = {"Effect": "Allow", "Action": "dynamodb:Scan", "Resource": learner.TABLE_ARN}
    learner.writer_role(learner.writer_statements() + [more])
    # The key is not decoded, and the log is silent.
    key = 'alvo["object"]["key"]'
    code = learner.WRITER_CODE.replace(f"urllib.parse.unquote_plus({key})", key)
    code = code.replace('    print(json.dumps({"recusada": chave, "motivo": motivo}))\n', "")
    assert code.count("unquote_plus") == 0 and "print" not in code
    learner.writer(code)
    # Only one way to make an object calls the function.
    learner.notification(events=["s3:ObjectCreated:Put"])
    # An unknown number is answered with 200.
    code = learner.READER_CODE.replace('"statusCode": 404', '"statusCode": 200')
    assert code != learner.READER_CODE
    learner.reader(code)
    waiter = learner.awslambda.get_waiter("function_updated_v2")
    for name in (learner.WRITER, learner.READER):
        waiter.wait(FunctionName=name)


match sys.argv[1:]:
    case ["class", first, count]:
        fill_class(int(first), int(count))
    case ["break", prefix]:
        break_account(prefix)
    case _:
        sys.exit(__doc__)
