"""Sua primeira função: recebe um nome e devolve uma saudação.

Do jeito que está, o código já roda, mas ainda não usa o nome. Você o
completa ao longo do lab.
"""

import time


def handler(event, context):
    # Imita um trabalho demorado: espera os segundos que o evento pedir.
    # Sem "pausa" no evento, não espera nada. Deixe esta linha no começo.
    time.sleep(event.get("pausa", 0))

    return {"mensagem": "A função respondeu!"}
