"""Lê cada nota fiscal que chegou ao bucket e grava um item na tabela.

Complete as partes marcadas com COMPLETE. Do jeito que está, o código
roda, mas ainda não grava nada.
"""

import json
import os
from decimal import Decimal
from urllib.parse import unquote_plus

import boto3

# Fora do handler: é criado uma vez e aproveitado pelas próximas invocações.
s3 = boto3.client("s3")
tabela = boto3.resource("dynamodb").Table(os.environ.get("TABELA", "sem-nome"))


def handler(event, context):
    # O S3 pode mandar mais de um registro no mesmo evento.
    for registro in event["Records"]:
        bucket = registro["s3"]["bucket"]["name"]

        # COMPLETE 1: a chave chega codificada, como numa URL
        # ("nota+de+Jos%C3%A9.json"). Decodifique com unquote_plus.
        chave = registro["s3"]["object"]["key"]

        print(f"Chegou o arquivo {chave} no bucket {bucket}")

        # COMPLETE 2: leia o arquivo com ler_nota
        # e grave o resultado com gravar.


def ler_nota(bucket, chave):
    """Busca o arquivo no S3 e devolve a nota como um dicionário."""
    # COMPLETE 3: busque o conteúdo com
    #   s3.get_object(Bucket=bucket, Key=chave)["Body"].read()
    # e devolva json.loads(conteúdo, parse_float=Decimal).
    # O DynamoDB não aceita float; por isso o Decimal.
    return {}


def gravar(nota):
    """Grava na tabela os cinco campos da nota."""
    # COMPLETE 4: chame tabela.put_item(Item={...}) com
    # numero, cliente, valor, data e itens.
    # Cada um dos itens tem descricao, quantidade e preco.
