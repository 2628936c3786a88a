"""Responde a GET /notas/{numero} com a nota fiscal em JSON."""

import json
import os
from decimal import Decimal

import boto3

tabela = boto3.resource("dynamodb").Table(os.environ["TABELA"])


def handler(event, context):
    # O API Gateway entrega aqui o que veio no lugar de {numero}.
    numero = event["pathParameters"]["numero"]
    nota = tabela.get_item(Key={"numero": numero}).get("Item")
    if nota is None:
        return resposta(404, {"mensagem": f"Não há nota com o número {numero}."})
    nota.pop("itens")
    return resposta(200, nota)


def resposta(codigo, corpo):
    """Monta a resposta no formato que o API Gateway entende."""
    return {
        "statusCode": codigo,
        "headers": {"Content-Type": "application/json; charset=utf-8"},
        # O corpo tem de ser um texto, não um dicionário.
        "body": json.dumps(corpo, ensure_ascii=False, default=numero_json),
    }


def numero_json(valor):
    """Transforma em número JSON o Decimal que vem do DynamoDB."""
    if isinstance(valor, Decimal):
        return int(valor) if valor == valor.to_integral_value() else float(valor)
    raise TypeError(f"Não sei escrever {type(valor).__name__} em JSON")
