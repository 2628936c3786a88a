//! Lambda: functions, their versions, and what calls them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{args, is_default};
use crate::core::observation::{FactKind, FactSpec};

args! {
    /// A function's configuration. `GetFunctionConfiguration`.
    LambdaFunctionArgs {
        /// Function name.
        function: String,
    }
    missing "a função `{function}` não existe"
    facts {
        arn: Text "ARN",
        runtime: Text "runtime",
        handler: Text "handler",
        role: Text "papel de execução (nome)",
        timeout: Number "tempo limite em segundos",
        memory: Number "memória em MB",
        variables: Record "variáveis de ambiente",
        state: Text "estado",
        code: Text "resumo do código implantado (`CodeSha256`)",
    }

    /// What a function answers to an event. `Invoke`, with the end of its log, and
    /// `GetFunctionConfiguration`.
    LambdaCallArgs {
        /// Function name.
        function: String,
        /// Version or alias; the newest code without it.
        qualifier: Option<String> = default,
        /// The event.
        event: Value,
        /// How long the function takes at least with this event, in milliseconds:
        /// what makes the time that it says is left worth believing.
        takes_ms: Option<u64> = default,
    }
    missing "a função `{function}` não existe"
    facts {
        failed: Bool "a função terminou com erro",
        error_type: Text "tipo do erro (`errorType`)",
        error_message: Text "mensagem do erro (`errorMessage`)",
        json: Record "resposta em JSON",
        text: Text "resposta em texto",
        echoes_request_id: Bool "a resposta traz o id desta execução",
        tells_remaining_time: Bool "a resposta traz o tempo que resta, em milissegundos",
        variables_echoed: List "variáveis de ambiente cujo valor está na resposta",
        version: Text "versão executada",
        log: List "fim do log desta execução",
        log_with_id: Text "o que a função escreveu no log junto do id desta execução",
        log_json: Record "linha do log em JSON",
        log_id_fields: List "campos da linha em JSON que trazem o id desta execução",
        log_not_json: List "linhas que a função escreveu no log e não são um objeto JSON",
    }

    /// A function's published versions, and what they answer to an event.
    /// `ListVersionsByFunction`, `ListAliases`, `Invoke`.
    LambdaVersionsArgs {
        /// Function name.
        function: String,
        /// Sent to every published version; without it none is called.
        event: Option<Value> = default,
        /// The field of the answers that is told; the whole answer without it.
        field: Option<String> = default,
    }
    missing "a função `{function}` não existe"
    facts {
        count: Number "versões publicadas",
        numbers: List "números das versões",
        codes: Number "códigos diferentes entre as versões publicadas",
        runtimes: List "runtimes das versões publicadas",
        answers: List "respostas das versões publicadas",
        unused: List "versões que nenhum alias usa",
    }

    /// An alias, the versions that it points at, and what its main version answers.
    /// `GetAlias`, `ListVersionsByFunction`, `ListAliases`, `Invoke`.
    LambdaAliasArgs {
        /// Function name.
        function: String,
        /// Alias name.
        alias: String,
        /// Sent to the alias's main version, by its number; without it none is called.
        event: Option<Value> = default,
        /// The field of the answer that is told; the whole answer without it.
        field: Option<String> = default,
    }
    missing "a função `{function}` não tem o alias `{alias}`"
    facts {
        version: Text "versão do alias",
        published: Bool "o alias `{alias}` aponta para uma versão publicada",
        description: Text "descrição do alias",
        runtime: Text "runtime da versão do alias",
        weight: Number "parte das chamadas que vai para a segunda versão",
        second_version: Text "segunda versão do alias",
        second_aliases: List "aliases que apontam para a segunda versão",
        current: Bool "a versão do alias tem o mesmo código que `$LATEST`",
        answer: Text "resposta da versão do alias",
    }

    /// Whether the function's own policy lets a service call it. `GetPolicy`;
    /// judged by a policy evaluator with `aws:SourceArn` and `aws:SourceAccount`.
    LambdaPermissionArgs {
        /// Function name.
        function: String,
        /// Service principal, such as `s3.amazonaws.com`.
        principal: String,
        /// ARN of the resource that calls.
        source_arn: String,
        /// Account of the resource that calls; leave out where the service does not send it.
        source_account: Option<String> = default,
        /// Version or alias that is called; the function itself without it.
        qualifier: Option<String> = default,
    }
    missing "a função `{function}` não existe"
    facts {
        allowed: Bool "a função deixa `{principal}` chamá-la a partir de `{source_arn}`",
        open_to: List "outras origens que também conseguem chamar",
        statements: List "permissões da função",
    }

    /// Lines that a function wrote since the check's actions. `FilterLogEvents`.
    LambdaLogsArgs {
        /// Function name.
        function: String,
        /// Texts that one line must hold, all of them.
        containing: Vec<String>,
    }
    missing "a função `{function}` ainda não escreveu no log (grupo `/aws/lambda/{function}`)"
    facts {
        lines: List "linhas do log em que aparece {containing}",
        with_request_id: List "dessas linhas, as que trazem também o id da execução",
        errors: List "erros no log",
        invocations: Number "execuções vistas no log",
        unfinished: Number "execuções que ainda não terminaram",
    }

    /// The mapping that brings a queue's messages to a function. `ListEventSourceMappings`.
    LambdaEventSourceArgs {
        /// Function name.
        function: String,
        /// Queue name.
        queue: String,
    }
    missing "a fila `{queue}` não tem mapeamento para a função `{function}`"
    facts {
        enabled: Bool "o mapeamento está ligado",
        state: Text "estado",
        batch_size: Number "tamanho do lote",
        window: Number "janela do lote em segundos",
        partial_responses: Bool "o mapeamento aceita respostas parciais (`ReportBatchItemFailures`)",
        max_concurrency: Number "concorrência máxima",
        count: Number "mapeamentos desta fila para esta função",
    }

    /// The mapping that brings the changes of a table's stream to a function.
    /// `DescribeTable`, `ListEventSourceMappings`, and the policies of the function's role.
    LambdaStreamSourceArgs {
        /// Function name.
        function: String,
        /// Table name.
        table: String,
    }
    missing "o stream da tabela `{table}` não tem mapeamento para a função `{function}`"
    facts {
        enabled: Bool "o mapeamento está ligado",
        state: Text "estado",
        batch_size: Number "tamanho do lote",
        starting_position: Text "posição inicial",
        retries: Number "novas tentativas de um lote que falhou (-1: até o registro vencer)",
        bisect: Bool "um lote que falhou é dividido ao meio",
        max_age: Number "idade máxima de um registro em segundos (-1: até o registro vencer)",
        on_failure: Text "destino do que foi abandonado",
        denied: List "ações sobre o stream que o papel da função não permite",
        count: Number "mapeamentos deste stream para esta função",
    }

    /// How a function's asynchronous calls are retried, and where their results
    /// go. `GetFunctionEventInvokeConfig`, `GetFunctionConfiguration`.
    LambdaAsyncArgs {
        /// Function name.
        function: String,
    }
    missing "a função `{function}` não existe"
    facts {
        retries: Number "novas tentativas de uma invocação assíncrona",
        max_age: Number "idade máxima do evento em segundos",
        on_success: Text "destino em caso de sucesso",
        on_failure: Text "destino em caso de falha",
        dead_letter: Text "fila de mensagens mortas da função",
    }
}
