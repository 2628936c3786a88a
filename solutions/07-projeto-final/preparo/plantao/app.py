"""Recebe do SNS o aviso de um alarme e o escreve no log."""

import json


def handler(event, context):
    for registro in event["Records"]:
        aviso = json.loads(registro["Sns"]["Message"])
        linha = {
            "nivel": "AVISO",
            "evento": "alarme",
            "pedido": context.aws_request_id,
            "alarme": aviso["AlarmName"],
            "estado": aviso["NewStateValue"],
            "motivo": aviso["NewStateReason"],
        }
        print(json.dumps(linha, ensure_ascii=False))
