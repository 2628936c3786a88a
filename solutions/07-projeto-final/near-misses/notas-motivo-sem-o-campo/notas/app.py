"""Lê cada nota fiscal que chegou ao bucket, valida e grava um item na tabela.

Uma nota com problema não vai para a tabela: o motivo fica em rejeitadas/.
"""

import json
import os
from datetime import date
from decimal import Decimal
from urllib.parse import unquote_plus

import boto3

# Fora do handler: é criado uma vez e aproveitado pelas próximas invocações.
s3 = boto3.client("s3")
tabela = boto3.resource("dynamodb").Table(os.environ["TABELA"])

TEXTO = str
NUMERO = (int, Decimal)
CAMPOS_DA_NOTA = {
    "numero": TEXTO,
    "cliente": TEXTO,
    "valor": NUMERO,
    "data": TEXTO,
    "itens": list,
}
CAMPOS_DO_ITEM = {"descricao": TEXTO, "quantidade": NUMERO, "preco": NUMERO}


def handler(event, context):
    # O S3 pode mandar mais de um registro no mesmo evento.
    for registro in event["Records"]:
        bucket = registro["s3"]["bucket"]["name"]
        # A chave chega codificada: "nota+de+Jos%C3%A9.json".
        chave = unquote_plus(registro["s3"]["object"]["key"])
        processar(bucket, chave)


def processar(bucket, chave):
    conteudo = s3.get_object(Bucket=bucket, Key=chave)["Body"].read()
    try:
        # O DynamoDB não aceita float; Decimal guarda os centavos exatos.
        nota = json.loads(conteudo, parse_float=Decimal)
    except ValueError:
        rejeitar(bucket, chave, "o arquivo não é um JSON válido")
        return

    motivo = motivo_da_recusa(nota)
    if motivo:
        rejeitar(bucket, chave, motivo)
        return

    gravar(nota)
    print(f"Nota {nota['numero']} gravada, do arquivo {chave}")


def motivo_da_recusa(nota):
    """Devolve o que há de errado com a nota, ou None se ela está certa."""
    if not isinstance(nota, dict):
        return "o arquivo deve ter um objeto JSON, entre chaves"
    motivo = primeiro_problema(nota, CAMPOS_DA_NOTA)
    if motivo:
        return motivo
    if not data_valida(nota["data"]):
        return "o campo data deve ser um dia que existe, como AAAA-MM-DD"
    for posicao, item in enumerate(nota["itens"], start=1):
        if not isinstance(item, dict):
            return f"o campo itens tem na posição {posicao} algo que não é um objeto"
        motivo = primeiro_problema(item, CAMPOS_DO_ITEM)
        if motivo:
            return f"no campo itens, posição {posicao}: {motivo}"
    return None


def primeiro_problema(dados, campos):
    """Procura o primeiro campo que falta, está vazio ou tem o tipo errado."""
    for campo, tipo in campos.items():
        if campo not in dados:
            return f"falta o campo {campo}"
        valor = dados[campo]
        # Em Python, True também é int; numa nota, não é um número.
        if isinstance(valor, bool) or not isinstance(valor, tipo):
            return "um campo tem o tipo errado"
        if valor == "" or valor == []:
            return f"o campo {campo} está vazio"
    return None


def data_valida(texto):
    try:
        return date.fromisoformat(texto).isoformat() == texto
    except ValueError:
        return False


def rejeitar(bucket, chave, motivo):
    """Anota o motivo em rejeitadas/, com o mesmo nome do arquivo."""
    print(f"Nota rejeitada, arquivo {chave}: {motivo}")
    s3.put_object(
        Bucket=bucket,
        Key="rejeitadas/" + chave.removeprefix("entrada/"),
        Body=json.dumps({"arquivo": chave, "motivo": motivo}, ensure_ascii=False).encode("utf-8"),
        ContentType="application/json; charset=utf-8",
    )


def gravar(nota):
    """Grava na tabela os cinco campos da nota.

    put_item com a mesma chave substitui o item: receber o mesmo arquivo
    duas vezes deixa um item só.
    """
    item = {campo: nota[campo] for campo in CAMPOS_DA_NOTA}
    item["itens"] = [{campo: linha[campo] for campo in CAMPOS_DO_ITEM} for linha in nota["itens"]]
    tabela.put_item(Item=item)
