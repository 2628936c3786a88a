//! API Gateway.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{args, is_default};
use crate::core::observation::{FactKind, FactSpec};

args! {
    /// One method of a REST API. `GetRestApis`, `GetResources`, `GetStages`.
    ApiMethodArgs {
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
    ApiValidatorArgs {
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
    ApiKeyArgs {
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
    ApiPermissionArgs {
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
    ApiCallArgs {
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
    ApiPreflightArgs {
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
}
