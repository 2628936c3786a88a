"""Calcula o frete de uma encomenda."""

LIMITE_KG = 30


class PesoInvalido(Exception):
    """O peso da encomenda falta ou não serve."""


def handler(event, context):
    codigo = event["codigo"]
    peso = event.get("peso_kg")

    if not isinstance(peso, (int, float)) or peso <= 0:
        print(f"peso inválido na encomenda {codigo}")
        raise PesoInvalido(f"peso_kg inválido: {peso!r}")

    if peso > LIMITE_KG:
        print(f"a encomenda {codigo} foi recusada, com {peso} kg")
        return {"codigo": codigo, "aceita": False, "pedido": context.aws_request_id}

    frete = round(12.5 + 1.8 * peso, 2)
    print(f"a encomenda {codigo} foi aceita, com frete de R$ {frete}")
    return {
        "codigo": codigo,
        "aceita": True,
        "frete": frete,
        "pedido": context.aws_request_id,
    }
