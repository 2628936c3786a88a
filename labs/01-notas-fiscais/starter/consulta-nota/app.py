"""Responde a GET /notas/{numero} com a nota fiscal em JSON.

Complete as partes marcadas com COMPLETE. Do jeito que está, o código
roda, mas responde 501 a qualquer pedido.
"""

import json
import os
from decimal import Decimal

import boto3

tabela = boto3.resource("dynamodb").Table(os.environ.get("TABELA", "sem-nome"))


def handler(event, context):
    # O API Gateway entrega aqui o que veio no lugar de {numero}.
    numero = event["pathParameters"]["numero"]

    # COMPLETE 1: busque o item com tabela.get_item(Key={"numero": numero}).
    # A resposta só tem a chave "Item" quando a nota existe.

    # COMPLETE 2: se a nota não existe, devolva resposta(404, {"mensagem": ...}).

    # COMPLETE 3: se existe, devolva resposta(200, nota).

    return resposta(501, {"mensagem": f"Ainda não sei consultar a nota {numero}."})


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
        # COMPLETE 4: devolva int(valor) quando valor não tem casas decimais
        # e float(valor) quando tem. Texto não serve: a nota precisa de números.
        return str(valor)
    raise TypeError(f"Não sei escrever {type(valor).__name__} em JSON")
