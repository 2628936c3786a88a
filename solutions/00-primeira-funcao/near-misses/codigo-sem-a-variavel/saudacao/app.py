"""Saúda quem veio no evento e diz de que execução a resposta é."""

import time


def handler(event, context):
    # Imita um trabalho demorado: espera os segundos que o evento pedir.
    time.sleep(event.get("pausa", 0))

    return {
        "nome": event["nome"],
        "pedido": context.aws_request_id,
        "tempo_restante_ms": context.get_remaining_time_in_millis(),
    }
