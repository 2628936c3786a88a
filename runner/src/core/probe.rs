use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::observation::{FactKind, FactSpec};

/// What a probe can tell, whatever it looks at.
#[derive(Debug, Clone, Copy)]
pub struct ProbeSpec {
    /// Name of the type of its arguments.
    pub args: &'static str,
    /// Its facts, `exists` among them.
    pub facts: &'static [FactSpec],
    /// What is said when the thing looked for is not there.
    pub missing: &'static str,
}

/// What was left out is left out again, so that a question that was recorded
/// stays the same when a probe learns a new argument.
pub(super) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

macro_rules! probes {
    ($(
        $(#[$doc:meta])*
        $variant:ident($args:ident) { $($(#[$argdoc:meta])* $arg:ident: $ty:ty $(= $default:ident)?),* $(,)? }
        missing $missing:literal
        facts { $($fact:ident: $kind:ident $label:literal),* $(,)? }
    )*) => {
        /// One thing to look at in AWS. In TOML: `probe.s3_bucket = { bucket = "{bucket}" }`.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum Probe { $($(#[$doc])* $variant($args)),* }

        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
            #[serde(deny_unknown_fields)]
            pub struct $args { $($(#[$argdoc])* $(#[serde($default, skip_serializing_if = "is_default")])? pub $arg: $ty),* }
        )*

        $(
            impl $args {
                const FACTS: &[FactSpec] = &[
                    FactSpec { name: "exists", kind: FactKind::Bool, label: "existe" },
                    $(FactSpec { name: stringify!($fact), kind: FactKind::$kind, label: $label }),*
                ];
            }
        )*

        impl Probe {
            /// Every probe, told by its arguments.
            pub const ALL: &[ProbeSpec] = &[
                $(ProbeSpec { args: stringify!($args), facts: $args::FACTS, missing: $missing }),*
            ];

            /// The facts that this probe tells, `exists` among them.
            pub fn facts(&self) -> &'static [FactSpec] {
                match self { $(Self::$variant(_) => $args::FACTS),* }
            }

            /// What is said when the thing looked for is not there; holds the
            /// argument names of the probe as placeholders.
            pub fn missing_text(&self) -> &'static str {
                match self { $(Self::$variant(_) => $missing),* }
            }
        }
    };
}

probes! {
    /// A bucket and its public access block. `HeadBucket`, `GetPublicAccessBlock`.
    S3Bucket(S3BucketArgs) {
        /// Bucket name.
        bucket: String,
    }
    missing "o bucket `{bucket}` não existe"
    facts {
        region: Text "Região",
        public_access_blocked: Bool "as quatro travas do bloqueio de acesso público estão ligadas",
        public_access_open: List "travas de acesso público desligadas",
    }

    /// One object. `GetObject`.
    S3Object(S3ObjectArgs) {
        /// Bucket name.
        bucket: String,
        /// Object key, as it is (not URL-encoded).
        key: String,
    }
    missing "o objeto `{key}` não existe no bucket `{bucket}`"
    facts {
        text: Text "conteúdo",
        json: Record "conteúdo em JSON",
        size: Number "tamanho em bytes",
        content_type: Text "Content-Type",
    }

    /// The notifications of a bucket that call one function. `GetBucketNotificationConfiguration`.
    S3Notification(S3NotificationArgs) {
        /// Bucket name.
        bucket: String,
        /// Function name.
        function: String,
    }
    missing "o bucket `{bucket}` não tem notificação para a função `{function}`"
    facts {
        events: List "eventos",
        prefix: Text "prefixo",
        suffix: Text "sufixo",
        count: Number "notificações para esta função",
        qualifier: Text "alias ou versão no fim do ARN da notificação",
    }

    /// A table's key and state. `DescribeTable`.
    DynamodbTable(DynamodbTableArgs) {
        /// Table name.
        table: String,
    }
    missing "a tabela `{table}` não existe"
    facts {
        status: Text "estado",
        partition_key: Text "chave de partição",
        partition_key_type: Text "tipo da chave de partição (`S`: texto, `N`: número)",
        sort_key: Text "chave de classificação",
        billing_mode: Text "modo de cobrança",
    }

    /// One item by its key, read consistently. `GetItem`.
    DynamodbItem(DynamodbItemArgs) {
        /// Table name.
        table: String,
        /// The whole primary key.
        key: BTreeMap<String, Value>,
    }
    missing "não há item com a chave {key} na tabela `{table}`"
    facts {
        item: Record "item",
    }

    /// How many items have an attribute with a value. `Scan`.
    DynamodbCount(DynamodbCountArgs) {
        /// Table name.
        table: String,
        /// Attributes that must be equal.
        matching: BTreeMap<String, Value>,
    }
    missing "a tabela `{table}` não existe"
    facts {
        count: Number "quantidade de itens",
    }

    /// Every item with one partition key, in the order of the sort key. `Query`.
    DynamodbQuery(DynamodbQueryArgs) {
        /// Table name.
        table: String,
        /// The partition key.
        key: BTreeMap<String, Value>,
        /// Attribute whose values are told, in order.
        attribute: Option<String> = default,
        /// Attribute that holds a time.
        time: Option<String> = default,
    }
    missing "a tabela `{table}` não existe, ou não tem a chave {key}"
    facts {
        count: Number "quantidade de itens",
        values: List "valores do atributo `{attribute}`, em ordem",
        last: Record "último item",
        time_is_iso: Bool "todo `{time}` é um instante ISO 8601 com fuso",
    }

    /// A role and who may assume it. `GetRole`.
    IamRole(IamRoleArgs) {
        /// Role name.
        role: String,
    }
    missing "o papel `{role}` não existe"
    facts {
        arn: Text "ARN",
        trusted_services: List "serviços que podem assumir o papel",
    }

    /// What a role's policies allow. `ListRolePolicies`, `GetRolePolicy`,
    /// `ListAttachedRolePolicies`, `GetPolicyVersion`; judged by a policy
    /// evaluator (IAM User Guide, "Policy evaluation logic").
    IamPolicy(IamPolicyArgs) {
        /// Role name.
        role: String,
        /// Actions to judge.
        actions: Vec<String>,
        /// ARNs of the resources to judge them on; every pair is judged.
        resources: Vec<String>,
    }
    missing "o papel `{role}` não existe"
    facts {
        allowed: List "das ações conferidas aqui, as que o papel permite",
        denied: List "das ações conferidas aqui, as que o papel não permite",
        wildcard_actions: List "ações com curinga",
        wildcard_resources: List "permissões sobre qualquer recurso (`*`)",
        policies: List "políticas do papel",
    }

    /// A function's configuration. `GetFunctionConfiguration`.
    LambdaFunction(LambdaFunctionArgs) {
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
    LambdaCall(LambdaCallArgs) {
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
    LambdaVersions(LambdaVersionsArgs) {
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
    LambdaAlias(LambdaAliasArgs) {
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
    LambdaPermission(LambdaPermissionArgs) {
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
    LambdaLogs(LambdaLogsArgs) {
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

    /// One method of a REST API. `GetRestApis`, `GetResources`, `GetStages`.
    ApiMethod(ApiMethodArgs) {
        /// API name.
        api: String,
        /// HTTP method.
        method: String,
        /// Resource path as configured, such as `/notas/{numero}`, with `<` `>` in place of braces.
        path: String,
        /// Stage name.
        stage: String,
    }
    missing "não há API REST com o nome `{api}`"
    facts {
        resource: Bool "o recurso `{path}` existe",
        method: Bool "o método existe",
        integration: Text "tipo de integração",
        integration_method: Text "método com que a API chama a função (para o Lambda, sempre `POST`)",
        function: Text "função chamada",
        qualifier: Text "alias ou versão no fim do ARN da integração",
        stage: Bool "o estágio `{stage}` existe",
        deployed: Bool "a implantação em `{stage}` tem o método",
        key_required: Bool "o método pede uma chave de API, e a implantação também",
    }

    /// What a method of a REST API asks of a request's body before any function
    /// is called. `GetResources`, `GetRequestValidator`, `GetModel`.
    ApiValidator(ApiValidatorArgs) {
        /// API name.
        api: String,
        /// HTTP method.
        method: String,
        /// Resource path as configured, with `<` `>` in place of braces.
        path: String,
    }
    missing "não há API REST com o nome `{api}`"
    facts {
        validator: Bool "o método valida o corpo do pedido",
        model: Text "modelo do corpo em JSON",
        required: List "campos obrigatórios do modelo",
    }

    /// A key, and the usage plan by which it opens one stage. `GetApiKeys`,
    /// `GetUsagePlans`, `GetUsagePlanKey`; the key itself is never told.
    ApiKey(ApiKeyArgs) {
        /// Name of the key.
        key: String,
        /// API name.
        api: String,
        /// Stage name.
        stage: String,
    }
    missing "não há chave de API com o nome `{key}`"
    facts {
        enabled: Bool "a chave está ativa",
        in_plan: Bool "a chave está em um plano de uso",
        plan_has_stage: Bool "um plano da chave vale para o estágio `{stage}` da API `{api}`",
        plan: Text "plano de uso",
        rate: Number "pedidos por segundo (throttle)",
        burst: Number "pedidos de uma vez (burst)",
        quota: Number "pedidos por período (cota)",
        period: Text "período da cota",
    }

    /// Whether the function's own policy lets this API call it. `GetRestApis`, `GetPolicy`.
    ApiPermission(ApiPermissionArgs) {
        /// API name.
        api: String,
        /// Function name.
        function: String,
        /// HTTP method.
        method: String,
        /// Request path.
        path: String,
        /// Version or alias that the API calls; the function itself without it.
        qualifier: Option<String> = default,
        /// Stage name.
        stage: String,
        /// Other requests that must be let through too, such as `PUT /produtos/1`.
        also: Vec<String> = default,
    }
    missing "não há API REST com o nome `{api}`"
    facts {
        allowed: Bool "a função deixa a API chamá-la",
        refused: List "pedidos que a função não aceita desta API",
        open_to: List "outras origens que também conseguem chamar",
        statements: List "permissões da função",
    }

    /// The answer of a REST API to one request.
    ApiCall(ApiCallArgs) {
        /// API name.
        api: String,
        /// Stage name.
        stage: String,
        /// HTTP method.
        method: String,
        /// Request path, not yet percent-encoded.
        path: String,
        /// Content, sent as JSON.
        body: Option<Value> = default,
        /// Headers beside those that a body brings with it.
        headers: BTreeMap<String, String> = default,
        /// Name of an API key to send; its value is looked up and never told.
        key: Option<String> = default,
    }
    missing "não há API REST com o nome `{api}`"
    facts {
        status: Number "código HTTP",
        body: Text "corpo da resposta",
        json: Record "corpo em JSON",
        list: List "corpo em JSON (lista)",
        content_type: Text "Content-Type",
        well_formed: Bool "a função responde como a integração proxy pede (`statusCode`, e `body` em texto)",
        cors_origin: Text "páginas que podem ler a resposta (`Access-Control-Allow-Origin`)",
    }

    /// Whether a browser lets a page send a request: the answer to the question
    /// that it asks before (`OPTIONS`), judged by the rules of the Fetch standard.
    ApiPreflight(ApiPreflightArgs) {
        /// API name.
        api: String,
        /// Stage name.
        stage: String,
        /// Method of the request that the page wants to send.
        method: String,
        /// Request path.
        path: String,
        /// Where the page comes from, such as `http://localhost:8000`.
        origin: String,
        /// Headers that the page wants to send, such as `content-type`.
        headers: Vec<String> = default,
    }
    missing "não há API REST com o nome `{api}`"
    facts {
        status: Number "código HTTP da resposta a `OPTIONS {path}`",
        allowed: Bool "o navegador deixa a página mandar `{method} {path}`",
        barred: List "o que o navegador barra",
        cors_origin: Text "origem permitida (`Access-Control-Allow-Origin`)",
        cors_methods: List "métodos permitidos (`Access-Control-Allow-Methods`)",
        cors_headers: List "cabeçalhos permitidos (`Access-Control-Allow-Headers`)",
    }

    /// The mapping that brings a queue's messages to a function. `ListEventSourceMappings`.
    LambdaEventSource(LambdaEventSourceArgs) {
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
    LambdaStreamSource(LambdaStreamSourceArgs) {
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
    LambdaAsync(LambdaAsyncArgs) {
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

    /// A topic, and whether it delivers to a function. `GetTopicAttributes`,
    /// `ListSubscriptionsByTopic`, `GetSubscriptionAttributes`.
    SnsTopic(SnsTopicArgs) {
        /// Topic name.
        topic: String,
        /// Function name.
        function: String,
    }
    missing "o tópico `{topic}` não existe"
    facts {
        subscriptions: List "inscrições do tópico",
        function_subscriptions: Number "inscrições da função `{function}`",
        filter: Text "filtro da inscrição da função",
    }

    /// A rule of the default event bus: its targets, and which events it takes.
    /// `DescribeRule`, `ListTargetsByRule`, `TestEventPattern`.
    EventRule(EventRuleArgs) {
        /// Rule name.
        rule: String,
        /// Events that the rule has to take: `source`, `detail-type` and `detail`.
        matching: Vec<Value> = default,
        /// Events that it has to leave.
        other: Vec<Value> = default,
    }
    missing "a regra `{rule}` não existe no barramento padrão"
    facts {
        state: Text "estado",
        pattern: Text "padrão",
        missed: List "eventos que a regra deveria pegar e não pega",
        caught: List "eventos que a regra pega e não deveria",
        targets: List "alvos da regra",
    }

    /// What else a table has: stream, TTL, point-in-time recovery, backups.
    /// `DescribeTable`, `DescribeTimeToLive`, `DescribeContinuousBackups`, `ListBackups`.
    DynamodbExtras(DynamodbExtrasArgs) {
        /// Table name.
        table: String,
    }
    missing "a tabela `{table}` não existe"
    facts {
        stream_view: Text "o que o stream mostra de cada mudança",
        ttl_enabled: Bool "o tempo de vida (TTL) está ligado",
        ttl_attribute: Text "atributo do tempo de vida",
        recovery: Bool "a recuperação em um ponto no tempo está ligada",
        backups: List "backups prontos da tabela",
    }

    /// A queue's attributes. `GetQueueUrl`, `GetQueueAttributes`.
    SqsQueue(SqsQueueArgs) {
        /// Queue name.
        queue: String,
        /// Function that consumes it, whose timeout the visibility timeout has to cover.
        function: Option<String> = default,
    }
    missing "a fila `{queue}` não existe"
    facts {
        arn: Text "ARN",
        visibility_timeout: Number "tempo de visibilidade em segundos",
        visibility_covers_timeout: Bool "o tempo de visibilidade cobre o tempo limite da função `{function}`",
        receive_wait: Number "espera do recebimento em segundos",
        retention: Number "retenção em segundos",
        dlq: Text "fila de mensagens mortas",
        max_receives: Number "recebimentos antes da fila de mensagens mortas",
        fifo: Bool "é uma fila FIFO",
        content_based_deduplication: Bool "deduplica pelo conteúdo",
        messages: Number "mensagens na fila (aproximado)",
    }

    /// Messages that wait in a queue; they are looked at and stay. `ReceiveMessage`,
    /// `ChangeMessageVisibilityBatch`. Only for queues that no function consumes.
    SqsMessages(SqsMessagesArgs) {
        /// Queue name.
        queue: String,
        /// Text that a message must hold.
        containing: String,
    }
    missing "a fila `{queue}` não existe"
    facts {
        count: Number "mensagens com `{containing}`",
        bodies: List "conteúdo das mensagens com `{containing}`",
    }

    /// A log group. `DescribeLogGroups`.
    LogGroup(LogGroupArgs) {
        /// Name of the log group, such as `/aws/lambda/a-function`.
        group: String,
    }
    missing "o grupo de log `{group}` não existe"
    facts {
        retention: Number "dias que o grupo guarda os logs (0: para sempre)",
    }

    /// A function's metric filter, tried on what two calls of it write.
    /// `DescribeMetricFilters`, `Invoke`, `TestMetricFilter`.
    LogMetric(LogMetricArgs) {
        /// Function name.
        function: String,
        /// Namespace of the metric.
        namespace: String,
        /// Name of the metric.
        metric: String,
        /// An event that is to be counted.
        event: Value,
        /// An event that is not to be counted.
        other: Value,
    }
    missing "nenhum filtro do grupo `/aws/lambda/{function}` conta na métrica `{metric}` de `{namespace}`"
    facts {
        pattern: Text "padrão do filtro",
        value: Text "valor que cada linha soma",
        dimensions: Record "dimensões da métrica",
        counted: Number "linhas contadas na chamada que deve contar",
        miscounted: Number "linhas contadas na chamada que não deve contar",
    }

    /// An alarm and its state. `DescribeAlarms`.
    CloudwatchAlarm(CloudwatchAlarmArgs) {
        /// Alarm name.
        alarm: String,
    }
    missing "o alarme `{alarm}` não existe"
    facts {
        metric: Text "métrica vigiada",
        dimensions: Record "dimensões da métrica",
        statistic: Text "estatística",
        period: Number "período em segundos",
        periods: Number "períodos ruins que o alarme espera",
        first_alarming: Number "menor valor inteiro que faz o alarme disparar",
        missing_data: Text "como os períodos sem dados são tratados",
        actions: List "tópicos avisados quando o alarme dispara",
        actions_enabled: Bool "as ações do alarme estão ligadas",
        state: Text "estado do alarme",
    }

    /// A dashboard and the metrics that it draws. `GetDashboard`.
    CloudwatchDashboard(CloudwatchDashboardArgs) {
        /// Dashboard name.
        dashboard: String,
        /// Metrics that it has to draw, such as
        /// `AWS/Lambda Errors FunctionName=a-function Sum`.
        metrics: Vec<String>,
    }
    missing "o painel `{dashboard}` não existe"
    facts {
        widgets: Number "quadros do painel",
        drawn: List "métricas no painel",
        undrawn: List "métricas que faltam no painel",
    }

    /// Where the events of a check ended: in the table or in the dead-letter
    /// queue. `Query` or `Scan`, `ReceiveMessage`.
    EventFlow(EventFlowArgs) {
        /// Table name.
        table: String,
        /// The partition key of the good events.
        key: BTreeMap<String, Value> = default,
        /// Attributes of the good events, where they have no partition key in common.
        matching: BTreeMap<String, Value> = default,
        /// Attribute that is different in every good event.
        attribute: String,
        /// Name of the dead-letter queue.
        dlq: String,
        /// Text that every event of the check holds.
        containing: String,
    }
    missing "falta a tabela `{table}` ou a fila `{dlq}`"
    facts {
        stored: Number "eventos na tabela `{table}`",
        distinct: Number "eventos diferentes na tabela `{table}`",
        dead: Number "mensagens na fila `{dlq}`",
    }
}
