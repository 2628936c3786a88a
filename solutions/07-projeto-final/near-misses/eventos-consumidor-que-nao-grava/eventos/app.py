"""Recebe lotes de mensagens da fila e grava um item para cada evento."""

import json
import os
import traceback

import boto3

tabela = boto3.resource("dynamodb").Table(os.environ.get("TABELA", "sem-nome"))

EVENTOS = {"CREATED", "UPDATED", "DELETED"}


def handler(event, context):
    # O Lambda busca as mensagens na fila e entrega várias de uma vez: um lote.
    falhas = []
    for registro in event["Records"]:
        try:
            processar(registro["body"])
        except Exception:
            print(f"Mensagem {registro['messageId']} falhou:")
            traceback.print_exc()
            falhas.append({"itemIdentifier": registro["messageId"]})
    # Só estas voltam para a fila; as outras do lote são apagadas.
    return {"batchItemFailures": falhas}


def processar(corpo):
    evento = json.loads(corpo)
    conferir(evento)
    print(f"Evento {evento['evento']} do produto {evento['id']}")


def conferir(evento):
    """Lança ValueError se o evento não é como o combinado."""
    if not isinstance(evento, dict):
        raise ValueError("o evento deve ser um objeto JSON")
    if type(evento.get("id")) is not int:
        raise ValueError(f"id deve ser um número inteiro: {evento.get('id')!r}")
    if not isinstance(evento.get("codigo"), str):
        raise ValueError("codigo deve ser um texto")
    if evento.get("evento") not in EVENTOS:
        raise ValueError(f"evento desconhecido: {evento.get('evento')!r}")
    if not isinstance(evento.get("tempo"), str):
        raise ValueError("tempo deve ser um texto")
