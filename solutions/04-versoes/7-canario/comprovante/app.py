"""Faz o comprovante de um pedido.

Chamada com um pedido, a função devolve o comprovante. Chamada pelo S3, ela lê
o pedido em pedidos/ e grava o comprovante em comprovantes/.

Neste lab você só muda a função `mensagem`. O resto está pronto.
"""

import json
from urllib.parse import unquote_plus


def mensagem(pedido):
    return f"Obrigado, {pedido.get('cliente', 'cliente')}! O pedido {pedido['numero']} chega em 2 dias."


def comprovante(pedido, context):
    return {
        "numero": pedido["numero"],
        "mensagem": mensagem(pedido),
        # Quem respondeu: "$LATEST" ou o número de uma versão.
        "versao": context.function_version,
    }


def handler(event, context):
    if "Records" not in event:
        return comprovante(event, context)

    # O boto3 demora a carregar: só espera por ele quem vem pelo S3.
    import boto3

    s3 = boto3.client("s3")
    for registro in event["Records"]:
        bucket = registro["s3"]["bucket"]["name"]
        chave = unquote_plus(registro["s3"]["object"]["key"])
        pedido = json.loads(s3.get_object(Bucket=bucket, Key=chave)["Body"].read())
        texto = json.dumps(comprovante(pedido, context), ensure_ascii=False)
        s3.put_object(
            Bucket=bucket,
            Key=chave.replace("pedidos/", "comprovantes/", 1),
            Body=texto.encode("utf-8"),
            ContentType="application/json",
        )
        print(f"comprovante do pedido {pedido['numero']} pela versão {context.function_version}")
