"""API de produtos: uma função atende todas as rotas."""

import json
import os
from decimal import Decimal

import boto3

tabela = boto3.resource("dynamodb").Table(os.environ.get("TABELA", "sem-nome"))


def handler(event, context):
    # O API Gateway diz qual método e qual recurso foram pedidos.
    rota = event["httpMethod"] + " " + event["resource"]
    print(f"pedido {context.aws_request_id}: {rota}")
    if "{id}" in rota and numero_do_caminho(event) is None:
        return resposta(400, {"mensagem": "O id de um produto é um número inteiro."})

    if rota == "GET /produtos/{id}":
        return consultar(numero_do_caminho(event))
    if rota == "GET /produtos":
        return listar()
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


def listar():
    # Uma página do scan tem até 1 MB; um catálogo maior pede as seguintes.
    return resposta(200, {"produtos": tabela.scan()["Items"]})


def criar(dados):
    produto = {"id": dados["id"], "nome": dados["nome"], "preco": dados["preco"]}
    tabela.put_item(Item=produto)
    return resposta(201, produto)


def editar(id, dados):
    if "Item" not in tabela.get_item(Key={"id": id}):
        return desconhecido(id)
    produto = {"id": id, "nome": dados["nome"], "preco": dados["preco"]}
    tabela.put_item(Item=produto)
    return resposta(200, produto)


def apagar(id):
    # Com ALL_OLD, a resposta traz o item que saiu, se havia um.
    saiu = tabela.delete_item(Key={"id": id}, ReturnValues="ALL_OLD")
    if "Attributes" not in saiu:
        return desconhecido(id)
    return resposta(200, {"mensagem": f"O produto {id} foi apagado."})


def desconhecido(id):
    return resposta(404, {"mensagem": f"O produto {id} não existe."})


def corpo(event):
    """O corpo do pedido, que chega como texto. Decimal é exato; float não é."""
    return json.loads(event["body"], parse_float=Decimal)


def resposta(codigo, dados):
    """Monta a resposta no formato que o API Gateway entende."""
    return {
        "statusCode": codigo,
        "headers": {
            "Content-Type": "application/json; charset=utf-8",
            # Qualquer página pode ler as respostas desta API.
            "Access-Control-Allow-Origin": "*",
        },
        # O corpo tem de ser um texto, não um dicionário.
        "body": json.dumps(dados, ensure_ascii=False, default=numero_json),
    }


def numero_json(valor):
    """Transforma em número JSON o Decimal que vem do DynamoDB."""
    if isinstance(valor, Decimal):
        return int(valor) if valor == valor.to_integral_value() else float(valor)
    raise TypeError(f"Não sei escrever {type(valor).__name__} em JSON")
