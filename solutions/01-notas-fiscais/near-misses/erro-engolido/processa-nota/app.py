"""Lê cada nota fiscal que chegou ao bucket e grava um item na tabela."""

import json
import os
from decimal import Decimal

import boto3

# Fora do handler: é criado uma vez e aproveitado pelas próximas invocações.
s3 = boto3.client("s3")
tabela = boto3.resource("dynamodb").Table(os.environ["TABELA"])


def handler(event, context):
    # O S3 pode mandar mais de um registro no mesmo evento.
    for registro in event["Records"]:
        bucket = registro["s3"]["bucket"]["name"]
        chave = registro["s3"]["object"]["key"]

        try:
            nota = ler_nota(bucket, chave)
            gravar(nota)
        except Exception:
            print(f"Arquivo {chave} ignorado")


def ler_nota(bucket, chave):
    """Busca o arquivo no S3 e devolve a nota como um dicionário."""
    conteudo = s3.get_object(Bucket=bucket, Key=chave)["Body"].read()
    # O DynamoDB não aceita float; Decimal guarda os centavos exatos.
    return json.loads(conteudo, parse_float=Decimal)


def gravar(nota):
    """Grava na tabela os cinco campos da nota."""
    tabela.put_item(
        Item={
            "numero": nota["numero"],
            "cliente": nota["cliente"],
            "valor": nota["valor"],
            "data": nota["data"],
            "itens": [
                {
                    "descricao": item["descricao"],
                    "quantidade": item["quantidade"],
                    "preco": item["preco"],
                }
                for item in nota["itens"]
            ],
        }
    )
