"""Saúda quem veio no evento e diz de que execução a resposta é."""

import os
import time


class NomeInvalido(Exception):
    """O evento não traz um nome que se possa usar."""


def handler(event, context):
    # Imita um trabalho demorado: espera os segundos que o evento pedir.
    time.sleep(event.get("pausa", 0))

    nome = event.get("nome")
    if not nome:
        raise NomeInvalido("falta o campo nome")

    return {
        "nome": nome,
        "mensagem": f"{os.environ['SAUDACAO']}, {nome}!",
        "pedido": context.aws_request_id,
        "tempo_restante_ms": context.get_remaining_time_in_millis(),
    }
    print("Saudação pronta:", event.get("codigo"), context.aws_request_id)
