"""Guarda produtos: cria, atualiza, apaga e lê.

Funciona, mas é muda: ninguém fica sabendo do que ela fez. No passo 5,
você a faz publicar um evento a cada mudança.
"""

import json
import os
from decimal import Decimal

import boto3

# Fora do handler: é criado uma vez e aproveitado pelas próximas invocações.
tabela = boto3.resource("dynamodb").Table(os.environ.get("TABELA", "sem-nome"))


def handler(event, context):
    operacao = event["operacao"]
    if operacao == "criar":
        return criar(event["produto"])
    if operacao == "atualizar":
        return atualizar(event["produto"])
    if operacao == "apagar":
        return apagar(event["id"])
    if operacao == "ler":
        return ler(event["id"], event.get("usuario"))
    raise ValueError(f"operação desconhecida: {operacao}")


def criar(produto):
    tabela.put_item(Item=para_a_tabela(produto))
    return {"criado": produto["id"]}


def atualizar(produto):
    tabela.put_item(Item=para_a_tabela(produto))
    return {"atualizado": produto["id"]}


def apagar(id):
    antigo = tabela.delete_item(Key={"id": id}, ReturnValues="ALL_OLD").get("Attributes")
    if antigo is None:
        return {"mensagem": f"o produto {id} não existe"}
    return {"apagado": id}


def ler(id, usuario):
    produto = tabela.get_item(Key={"id": id}).get("Item")
    if produto is None:
        return {"mensagem": f"o produto {id} não existe"}
    return do_banco(produto)


def para_a_tabela(produto):
    """O DynamoDB não aceita float; Decimal guarda os centavos exatos."""
    return json.loads(json.dumps(produto), parse_float=Decimal)


def do_banco(item):
    """O JSON não conhece Decimal: um inteiro vira int, um com centavos vira float."""
    return {
        nome: (int(valor) if valor % 1 == 0 else float(valor)) if isinstance(valor, Decimal) else valor
        for nome, valor in item.items()
    }
