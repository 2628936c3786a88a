"""Responde a GET /notas/{numero} com a nota fiscal em JSON."""

import json
import os

import boto3

tabela = boto3.resource("dynamodb").Table(os.environ["TABELA"])


def handler(event, context):
    # O API Gateway entrega aqui o que veio no lugar de {numero}.
    numero = event["pathParameters"]["numero"]
    nota = tabela.get_item(Key={"numero": numero}).get("Item")
    if nota is None:
        return resposta(404, {"mensagem": f"Não há nota com o número {numero}."})
    return resposta(200, nota)


def resposta(codigo, corpo):
    """Monta a resposta no formato que o API Gateway entende."""
    return {
        "statusCode": codigo,
        "headers": {"Content-Type": "application/json; charset=utf-8"},
        # O corpo tem de ser um texto, não um dicionário.
        "body": json.dumps(corpo, ensure_ascii=False, default=str),
    }
