"""Anota em um diário cada pedido que recebe, e por que caminho ele veio.

O evento muda de forma conforme quem chama. Complete, um passo de cada vez, as
partes marcadas com COMPLETE. Um pedido com a situação QUEBRADO faz a função
falhar, de propósito: é assim que você vê o que cada modelo faz com um erro.
"""

import json
import os
from datetime import datetime, timezone

import boto3

# Fora do handler: é criado uma vez e aproveitado pelas próximas invocações.
diario = boto3.resource("dynamodb").Table(os.environ.get("DIARIO", "sem-nome"))


class PedidoQuebrado(Exception):
    """O pedido não pode ser atendido."""


def handler(event, context):
    modelo, pedidos = ler(event)
    for pedido in pedidos:
        try:
            atender(modelo, pedido)
        except Exception as erro:
            print("falhou:", erro)
    return {"modelo": modelo, "pedidos": len(pedidos)}


def ler(event):
    """Por que caminho o evento veio, e os pedidos que ele traz."""
    if "Records" in event:
        registros = event["Records"]
        # O SNS escreve EventSource; os outros, eventSource.
        origem = registros[0].get("eventSource") or registros[0].get("EventSource")
        if origem == "aws:sns":
            return "topico", [json.loads(r["Sns"]["Message"]) for r in registros]
        if origem == "aws:dynamodb":
            raise NotImplementedError("COMPLETE no passo 5: o fluxo")
        if origem == "aws:sqs":
            raise NotImplementedError("COMPLETE no passo 6: a fila")
        raise ValueError(f"origem desconhecida: {origem}")
    if "detail" in event:
        raise NotImplementedError("COMPLETE no passo 4: a regra")
    return "direto", [event]


def atender(modelo, pedido):
    """Anota primeiro, e só depois falha: o diário mostra também cada tentativa."""
    diario.put_item(
        Item={
            "pedido": pedido["pedido"],
            "quando": datetime.now(timezone.utc).isoformat(timespec="microseconds"),
            "modelo": modelo,
            "situacao": pedido.get("situacao", ""),
        }
    )
    if pedido.get("situacao") == "QUEBRADO":
        raise PedidoQuebrado(f"o pedido {pedido['pedido']} veio quebrado")


def imagem(registro):
    """O item de um registro do stream, sem os tipos: {"S": "NOVO"} vira "NOVO"."""
    return {nome: next(iter(valor.values())) for nome, valor in registro["dynamodb"]["NewImage"].items()}
