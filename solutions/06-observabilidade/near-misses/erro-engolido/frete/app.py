"""Calcula o frete de uma encomenda e conta em JSON o que fez."""

import json

LIMITE_KG = 30


class PesoInvalido(Exception):
    """O peso da encomenda falta ou não serve."""


def registra(context, nivel, evento, **dados):
    """Escreve no log uma linha: um objeto JSON, com o id do pedido."""
    linha = {"nivel": nivel, "evento": evento, "pedido": context.aws_request_id, **dados}
    print(json.dumps(linha, ensure_ascii=False))


def handler(event, context):
    codigo = event["codigo"]
    peso = event.get("peso_kg")

    if not isinstance(peso, (int, float)) or peso <= 0:
        registra(context, "ERRO", "peso-invalido", codigo=codigo)
        return {"codigo": codigo, "aceita": False, "erro": "peso inválido"}

    if peso > LIMITE_KG:
        registra(context, "AVISO", "recusada", codigo=codigo, peso_kg=peso)
        return {"codigo": codigo, "aceita": False, "pedido": context.aws_request_id}

    frete = round(12.5 + 1.8 * peso, 2)
    registra(context, "INFO", "aceita", codigo=codigo, peso_kg=peso, frete=frete)
    return {
        "codigo": codigo,
        "aceita": True,
        "frete": frete,
        "pedido": context.aws_request_id,
    }
