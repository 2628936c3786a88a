"""API de produtos. Cada mudança de verdade em um produto vira um evento na fila."""

import json
import os
from datetime import datetime, timezone
from decimal import Decimal

import boto3
from botocore.exceptions import ClientError

# Fora do handler: é criado uma vez e aproveitado pelas próximas invocações.
tabela = boto3.resource("dynamodb").Table(os.environ.get("TABELA", "sem-nome"))
sqs = boto3.client("sqs")

CAMPOS = {"id": int, "codigo": str, "nome": str, "preco": (int, Decimal)}


def handler(event, context):
    # O API Gateway diz qual método e qual recurso foram pedidos.
    rota = event["httpMethod"] + " " + event["resource"]
    print(f"pedido {context.aws_request_id}: {rota}")
    if "{id}" in rota and numero_do_caminho(event) is None:
        return resposta(400, {"mensagem": "O id de um produto é um número inteiro."})

    if rota == "GET /produtos/{id}":
        return consultar(numero_do_caminho(event))
    if rota == "POST /produtos":
        return criar(corpo(event))
    if rota == "PUT /produtos/{id}":
        return editar(numero_do_caminho(event), corpo(event))
    if rota == "DELETE /produtos/{id}":
        return apagar(numero_do_caminho(event))
    return resposta(501, {"mensagem": f"Ainda não sei atender {rota}."})


def numero_do_caminho(event):
    """O id que veio no lugar de {id}, como número; None se não é um número."""
    try:
        return int(event["pathParameters"]["id"])
    except ValueError:
        return None


def consultar(id):
    produto = tabela.get_item(Key={"id": id}).get("Item")
    if produto is None:
        return desconhecido(id)
    return resposta(200, produto)


def criar(dados):
    problema = primeiro_problema(dados)
    if problema:
        return resposta(400, {"mensagem": problema})
    produto = {campo: dados[campo] for campo in CAMPOS}
    try:
        # Um pedido repetido não cria de novo, e por isso não conta de novo.
        tabela.put_item(Item=produto, ConditionExpression="attribute_not_exists(id)")
    except ClientError as erro:
        if erro.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        return resposta(409, {"mensagem": f"O produto {produto['id']} já existe."})
    publicar(produto, "CREATED")
    return resposta(201, produto)


def editar(id, dados):
    problema = primeiro_problema({**dados, "id": id})
    if problema:
        return resposta(400, {"mensagem": problema})
    antigo = tabela.get_item(Key={"id": id}, ConsistentRead=True).get("Item")
    if antigo is None:
        return desconhecido(id)
    produto = {"id": id, **{campo: dados[campo] for campo in CAMPOS if campo != "id"}}
    if produto != antigo:
        tabela.put_item(Item=produto)
        publicar(produto, "UPDATED")
    return resposta(200, produto)


def apagar(id):
    # Com ALL_OLD, a resposta traz o item que saiu, se havia um.
    saiu = tabela.delete_item(Key={"id": id}, ReturnValues="ALL_OLD").get("Attributes")
    if saiu is None:
        return desconhecido(id)
    publicar(saiu, "DELETED")
    return resposta(200, {"mensagem": f"O produto {id} foi apagado."})


ultimo = {}


def publicar(produto, evento):
    """Avisa pela fila o que aconteceu com um produto, se não acabou de avisar."""
    # Um produto novo é sempre novidade.
    if evento != "CREATED" and ultimo.get(evento) == produto["codigo"]:
        return
    ultimo[evento] = produto["codigo"]
    mensagem = {
        "id": int(produto["id"]),
        "codigo": produto["codigo"],
        "evento": evento,
        "tempo": datetime.now(timezone.utc).isoformat(timespec="microseconds"),
    }
    sqs.send_message(QueueUrl=os.environ["FILA"], MessageBody=json.dumps(mensagem))


def primeiro_problema(dados):
    """Procura o primeiro campo que falta, está vazio ou tem o tipo errado."""
    for campo, tipo in CAMPOS.items():
        valor = dados.get(campo)
        # Em Python, True também é int; num produto, não é um número.
        if isinstance(valor, bool) or not isinstance(valor, tipo) or valor == "":
            return f"O campo {campo} falta ou tem o tipo errado."
    return None


def desconhecido(id):
    return resposta(404, {"mensagem": f"O produto {id} não existe."})


def corpo(event):
    """O corpo do pedido, que chega como texto. Decimal é exato; float não é."""
    return json.loads(event["body"], parse_float=Decimal)


def resposta(codigo, dados):
    """Monta a resposta no formato que o API Gateway entende."""
    return {
        "statusCode": codigo,
        "headers": {"Content-Type": "application/json; charset=utf-8"},
        # O corpo tem de ser um texto, não um dicionário.
        "body": json.dumps(dados, ensure_ascii=False, default=numero_json),
    }


def numero_json(valor):
    """Transforma em número JSON o Decimal que vem do DynamoDB."""
    if isinstance(valor, Decimal):
        return int(valor) if valor == valor.to_integral_value() else float(valor)
    raise TypeError(f"Não sei escrever {type(valor).__name__} em JSON")
