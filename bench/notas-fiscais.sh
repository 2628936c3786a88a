#!/usr/bin/env bash
# Lab 01 graded by bash and the AWS CLI, as an instructor would who knows both:
# the same 29 questions as labs/01-notas-fiscais/lab.toml, one after the other,
# with data made afresh and what was made removed. One line a check.
#
# Usage: notas-fiscais.sh PREFIX, with the environment that the AWS CLI needs.
# JSON is read by `--query`, and by python3 where `jq` would be used.
set -uo pipefail

region=$AWS_REGION
bucket=$1-notas
table=$1-notas-fiscais
writer=$1-processa-nota
reader=$1-consulta-nota
api=$1-notas-api
account=$(aws sts get-caller-identity --query Account --output text)
table_arn=arn:aws:dynamodb:$region:$account:table/$table

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# ── Tools ───────────────────────────────────────────────────────────────────

ask() { aws "$@" --output text; }

# within SECONDS COMMAND…: again and again until it succeeds or time is up.
within() {
    local until=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$until" ] || return 1
        sleep 0.1
    done
}

fresh() { printf '%04d%04d' $((RANDOM % 10000)) $((RANDOM % 10000)); }

# A new invoice: its number, client, amount and date; $file has it as JSON.
invoice() {
    number=NF-$(fresh)
    client="José Araújo $RANDOM"
    amount=$((RANDOM % 9000 + 10)).$((RANDOM % 9 + 1))$((RANDOM % 9 + 1))
    date=2026-0$((RANDOM % 9 + 1))-1$((RANDOM % 10))
    count=$((RANDOM % 9 + 1))
    price=$((RANDOM % 900 + 1)).5
    items="[{\"descricao\": \"Cadeira\", \"quantidade\": $count, \"preco\": $price}]"
    json="{\"numero\": \"$number\", \"cliente\": \"$client\", \"valor\": $amount, \"data\": \"$date\", \"itens\": $items}"
}

# without FIELD, wrong FIELD: the invoice with a mistake.
without() { printf '%s' "$json" | python3 -c 'import json, sys; n = json.load(sys.stdin); del n[sys.argv[1]]; print(json.dumps(n))' "$1"; }
wrong() { printf '%s' "$json" | python3 -c 'import json, sys; n = json.load(sys.stdin); n[sys.argv[1]] = [] if sys.argv[1] == "cliente" else "a combinar"; print(json.dumps(n))' "$1"; }

put() {
    printf '%s' "$2" >"$work/body"
    ask s3api put-object --bucket "$bucket" --key "$1" --body "$work/body" >/dev/null
}

forget_objects() { for key in "$@"; do ask s3api delete-object --bucket "$bucket" --key "$key"; done; }

item() { ask dynamodb get-item --consistent-read --table-name "$table" --key "{\"numero\": {\"S\": \"$1\"}}" --query "$2"; }

forget_item() { ask dynamodb delete-item --table-name "$table" --key "{\"numero\": {\"S\": \"$1\"}}"; }

# The item has the invoice's fields.
item_is_right() {
    local seen
    seen=$(item "$number" 'Item.[cliente.S, valor.N, data.S]')
    [ "$seen" = "$client	$amount	$date" ]
}

item_has_items() {
    local seen
    seen=$(item "$number" 'Item.itens.L[].M.[descricao.S, quantidade.N, preco.N]')
    [ "$seen" = "Cadeira	$count	$price" ]
}

# Calls the function as S3 does for a key, which is form-encoded already.
invoke() {
    printf '{"Records": [{"eventSource": "aws:s3", "awsRegion": "%s", "eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": "%s"}, "object": {"key": "%s"}}}]}' \
        "$region" "$bucket" "$1" >"$work/event"
    [ "$(ask lambda invoke --function-name "$writer" --payload "fileb://$work/event" --query FunctionError "$work/answer")" = None ]
}

# rejected KEY WORD: the file is in rejeitadas/ and says the word.
rejected() { aws s3 cp "s3://$bucket/rejeitadas/$1" - | grep -qi -- "$2"; }

# allowed ROLE RESOURCE ACTION…: those that the role may do.
allowed() {
    local role=$1 resource=$2
    shift 2
    ask iam simulate-principal-policy --policy-source-arn "arn:aws:iam::$account:role/$role" \
        --resource-arns "$resource" --action-names "$@" \
        --query "EvaluationResults[?EvalDecision=='allowed'].EvalActionName"
}

# The documents of a role's own policies; AWS's managed ones are not its.
documents() {
    local name arn
    for name in $(ask iam list-role-policies --role-name "$1" --query PolicyNames); do
        ask iam get-role-policy --role-name "$1" --policy-name "$name" \
            --query '[PolicyDocument.Statement][].[Action, Resource][][]'
    done
    for arn in $(ask iam list-attached-role-policies --role-name "$1" --query 'AttachedPolicies[].PolicyArn'); do
        case $arn in arn:aws:iam::aws:*) continue ;; esac
        ask iam get-policy-version --policy-arn "$arn" \
            --version-id "$(ask iam get-policy --policy-arn "$arn" --query Policy.DefaultVersionId)" \
            --query '[PolicyVersion.Document.Statement][].[Action, Resource][][]'
    done
}

no_wildcards() { ! documents "$1" | tr '\t' '\n' | grep -qE '^(\*|[a-z0-9-]+:[A-Za-z]*\*.*)$'; }

# permits FUNCTION SERVICE SOURCE OTHER [ACCOUNT]: the function's own policy lets
# the service in from the source (of the account), and from no other.
permits() {
    ask lambda get-policy --function-name "$1" --query Policy >"$work/policy" || return 1
    python3 - "$work/policy" "${@:2}" <<'PYTHON'
import json, sys
from fnmatch import fnmatchcase

path, service, source, other, *account = sys.argv[1:]
statements = json.load(open(path))["Statement"]


def lets_in(source, account):
    for statement in statements:
        who = statement["Principal"]
        who = who.get("Service") if isinstance(who, dict) else who
        asked = {k.lower(): v for test in statement.get("Condition", {}).values() for k, v in test.items()}
        if (
            statement["Effect"] == "Allow"
            and who in (service, "*")
            and fnmatchcase(source, asked.get("aws:sourcearn", "*"))
            and asked.get("aws:sourceaccount", account) == account
        ):
            return True
    return False


mine = account[0] if account else None
stranger = lets_in(other, mine) or (mine and lets_in(source, "999999999999"))
sys.exit(not lets_in(source, mine) or bool(stranger))
PYTHON
}

# get PATH: asks the API; the status is printed, the body is in $work/body.
get() { curl --silent --output "$work/body" --write-out '%{http_code}' "$AWS_ENDPOINT_URL/_aws/execute-api/$api_id/prod$1"; }

answers_with_the_invoice() {
    [ "$(get "/notas/$number")" = 200 ] && python3 - "$work/body" "$json" <<'PYTHON'
import json, sys

body, invoice = json.load(open(sys.argv[1])), json.loads(sys.argv[2])
sys.exit(any(body.get(name) != value for name, value in invoice.items()))
PYTHON
}

# ── The checks ──────────────────────────────────────────────────────────────

bucket_existe() {
    [ "$(ask s3api get-bucket-location --bucket "$bucket" --query 'LocationConstraint || `us-east-1`')" = "$region" ]
}

bucket_fechado() {
    [ "$(ask s3api get-public-access-block --bucket "$bucket" --query \
        'PublicAccessBlockConfiguration.[BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets]')" \
        = "True	True	True	True" ]
}

tabela_chave() {
    within 20 eval '[ "$(ask dynamodb describe-table --table-name "$table" --query Table.TableStatus)" = ACTIVE ]' &&
        [ "$(ask dynamodb describe-table --table-name "$table" --query \
            "Table.[length(KeySchema), KeySchema[0].AttributeName, KeySchema[0].KeyType, AttributeDefinitions[?AttributeName=='numero'].AttributeType | [0]]")" \
            = "1	numero	HASH	S" ]
}

tabela_sob-demanda() {
    [ "$(ask dynamodb describe-table --table-name "$table" --query Table.BillingModeSummary.BillingMode)" = PAY_PER_REQUEST ]
}

papel_confianca() {
    [ "$(ask iam get-role --role-name "$writer" --query \
        '[Role.AssumeRolePolicyDocument.Statement][].Principal.Service | []')" = lambda.amazonaws.com ]
}

papel_leitura() { [ "$(allowed "$writer" "arn:aws:s3:::$bucket/entrada/teste-$(fresh).json" s3:GetObject)" = s3:GetObject ]; }

papel_escrita() { [ "$(allowed "$writer" "$table_arn" dynamodb:PutItem)" = dynamodb:PutItem ]; }

papel_rejeitadas() { [ "$(allowed "$writer" "arn:aws:s3:::$bucket/rejeitadas/teste-$(fresh).json" s3:PutObject)" = s3:PutObject ]; }

papel_logs() {
    local group=arn:aws:logs:$region:$account:log-group:/aws/lambda/$writer
    [ "$(allowed "$writer" "$group" logs:CreateLogGroup)" = logs:CreateLogGroup ] &&
        [ "$(allowed "$writer" "$group:log-stream:x" logs:CreateLogStream logs:PutLogEvents)" \
            = "logs:CreateLogStream	logs:PutLogEvents" ]
}

papel_minimo() {
    local resource
    for resource in "arn:aws:s3:::$bucket" "arn:aws:s3:::$bucket/entrada/teste-$(fresh).json" "$table_arn" \
        "arn:aws:iam::$account:role/$writer" "arn:aws:lambda:$region:$account:function:$writer"; do
        [ -z "$(allowed "$writer" "$resource" s3:PutObject s3:DeleteObject s3:DeleteBucket dynamodb:DeleteTable \
            dynamodb:DeleteItem dynamodb:Scan iam:PassRole lambda:InvokeFunction)" ] || return 1
    done
    ask iam get-role --role-name "$writer" >/dev/null && no_wildcards "$writer"
}

papel_so-seus-recursos() {
    local other resource
    other=teste-$(fresh)
    ask iam get-role --role-name "$writer" >/dev/null || return 1
    for resource in "arn:aws:s3:::outro-bucket-$other/entrada/nota.json" "arn:aws:s3:::$bucket-$other/entrada/nota.json" \
        "arn:aws:dynamodb:$region:$account:table/outra-$other" "$table_arn-$other"; do
        [ -z "$(allowed "$writer" "$resource" s3:GetObject s3:PutObject dynamodb:PutItem)" ] || return 1
    done
}

funcao_configurada() {
    within 20 eval '[ "$(ask lambda get-function-configuration --function-name "$writer" --query "[Role, State]")" \
        = "arn:aws:iam::$account:role/$writer	Active" ]'
}

funcao_processa() {
    invoice
    put "entrada/$number.json" "$json" && invoke "entrada/$number.json" && within 2 item_is_right && item_has_items
    local answer=$?
    forget_objects "entrada/$number.json"
    forget_item "$number"
    return $answer
}

funcao_acentos() {
    invoice
    put "entrada/nota de José Araújo nº $number.json" "$json" &&
        invoke "entrada/nota+de+Jos%C3%A9+Ara%C3%BAjo+n%C2%BA+$number.json" &&
        within 2 item_is_right
    local answer=$?
    forget_objects "entrada/nota de José Araújo nº $number.json"
    forget_item "$number"
    return $answer
}

gatilho_permissao() { permits "$writer" s3.amazonaws.com "arn:aws:s3:::$bucket" "arn:aws:s3:::$bucket-outro" "$account"; }

gatilho_notificacao() {
    [ "$(ask s3api get-bucket-notification-configuration --bucket "$bucket" --query \
        "LambdaFunctionConfigurations[].[LambdaFunctionArn, join(',', Events), Filter.Key.FilterRules[?Name=='prefix' || Name=='Prefix'].Value | [0], Filter.Key.FilterRules[?Name=='suffix' || Name=='Suffix'].Value | [0]]")" \
        = "arn:aws:lambda:$region:$account:function:$writer	s3:ObjectCreated:*	entrada/	.json" ]
}

gatilho_ponta-a-ponta() {
    invoice
    put "entrada/$number.json" "$json" && within 20 item_is_right
    local answer=$?
    forget_objects "entrada/$number.json"
    forget_item "$number"
    return $answer
}

gatilho_so-json() {
    invoice
    local other=$number
    put "entrada/$other.txt" "$json"
    invoice
    put "entrada/$number.json" "$json" && within 20 item_is_right && sleep 0.5 && [ "$(item "$other" Item)" = None ]
    local answer=$?
    forget_objects "entrada/$other.txt" "entrada/$number.json"
    forget_item "$other"
    forget_item "$number"
    return $answer
}

# set_aside BODY WORD: the file is put into rejeitadas/ with the word.
set_aside() {
    name=invalida-$(fresh).json
    put "entrada/$name" "$1" && within 10 rejected "$name" "$2"
    local answer=$?
    forget_objects "entrada/$name" "rejeitadas/$name"
    forget_item "$number"
    return $answer
}

validacao_separada() {
    invoice
    local fields=(cliente valor data)
    local field=${fields[RANDOM % 3]}
    set_aside "$(without "$field")" "$field"
}

validacao_tipo() {
    invoice
    local fields=(cliente valor itens)
    local field=${fields[RANDOM % 3]}
    set_aside "$(wrong "$field")" "$field"
}

validacao_ilegivel() {
    number=nada
    set_aside "isto não é JSON: $(fresh)" .
}

validacao_sem-item() {
    invoice
    local name=invalida-$(fresh)
    put "entrada/$name-b.json" "$(without data)" && put "entrada/$name-e.json" "$(wrong valor)" &&
        invoke "entrada/$name-b.json" && invoke "entrada/$name-e.json" &&
        within 10 rejected "$name-e.json" . && sleep 0.5 && [ "$(item "$number" Item)" = None ]
    local answer=$?
    forget_objects "entrada/$name-b.json" "entrada/$name-e.json" "rejeitadas/$name-b.json" "rejeitadas/$name-e.json"
    forget_item "$number"
    return $answer
}

logged() {
    aws logs filter-log-events --log-group-name "/aws/lambda/$writer" --filter-pattern "\"$1\"" \
        --query 'events[].message' --output text | grep -i -- "$1" | grep -qi -- "$2"
}

validacao_log() {
    invoice
    local name=invalida-$(fresh)-c
    put "entrada/$name.json" "$(without valor)" && within 20 logged "$name" valor
    local answer=$?
    forget_objects "entrada/$name.json" "rejeitadas/$name.json"
    forget_item "$number"
    return $answer
}

validacao_repetida() {
    invoice
    put "entrada/$number.json" "$json" && invoke "entrada/$number.json" && invoke "entrada/$number.json" &&
        within 2 eval '[ "$(ask dynamodb query --table-name "$table" --consistent-read --select COUNT --query Count \
            --key-condition-expression "numero = :n" --expression-attribute-values "{\":n\": {\"S\": \"$number\"}}")" = 1 ]'
    local answer=$?
    forget_objects "entrada/$number.json" "rejeitadas/$number.json"
    forget_item "$number"
    return $answer
}

api_leitura() {
    [ "$(allowed "$reader" "$table_arn" dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem dynamodb:BatchWriteItem \
        dynamodb:DeleteItem dynamodb:DeleteTable)" = dynamodb:GetItem ] && no_wildcards "$reader"
}

api_rota() {
    local resource
    resource=$(ask apigateway get-resources --rest-api-id "$api_id" --query \
        "items[?starts_with(path, '/notas/{')].id | [0]")
    [ "$resource" != None ] &&
        [ "$(ask apigateway get-integration --rest-api-id "$api_id" --resource-id "$resource" --http-method GET \
            --query '[type, httpMethod, uri]')" \
            = "AWS_PROXY	POST	arn:aws:apigateway:$region:lambda:path/2015-03-31/functions/arn:aws:lambda:$region:$account:function:$reader/invocations" ] &&
        [ -n "$(ask apigateway get-stage --rest-api-id "$api_id" --stage-name prod --query deploymentId)" ]
}

api_permissao() {
    local path=/prod/GET/notas/NF-$(fresh)
    permits "$reader" apigateway.amazonaws.com "arn:aws:execute-api:$region:$account:$api_id$path" \
        "arn:aws:execute-api:$region:$account:outra$path"
}

api_encontrada() {
    invoice
    ask dynamodb put-item --table-name "$table" --item "{\"numero\": {\"S\": \"$number\"}, \"cliente\": {\"S\": \"$client\"}, \"valor\": {\"N\": \"$amount\"}, \"data\": {\"S\": \"$date\"}, \"itens\": {\"L\": [{\"M\": {\"descricao\": {\"S\": \"Cadeira\"}, \"quantidade\": {\"N\": \"$count\"}, \"preco\": {\"N\": \"$price\"}}}]}}" &&
        within 3 answers_with_the_invoice
    local answer=$?
    forget_item "$number"
    return $answer
}

api_desconhecida() { [ "$(get "/notas/NAO-EXISTE-$(fresh)")" = 404 ]; }

# ── In order; what cannot work is not tried ─────────────────────────────────

api_id=$(ask apigateway get-rest-apis --query "items[?name=='$api'].id | [0]")
passed=' '

# check ID [NEEDS…]
check() {
    local id=$1 need
    shift
    for need in "$@"; do
        case $passed in *" $need "*) ;; *)
            echo "SKIPPED $id"
            failed=1
            return
            ;;
        esac
    done
    if "${id/\//_}" >/dev/null 2>"$work/error"; then
        echo "PASSED $id"
        passed+="$id "
    else
        echo "FAILED $id $(tr '\n' ' ' <"$work/error")"
        failed=1
    fi
}

check bucket/existe
check bucket/fechado bucket/existe
check tabela/chave
check tabela/sob-demanda tabela/chave
check papel/confianca
check papel/leitura papel/confianca
check papel/escrita papel/confianca
check papel/rejeitadas papel/confianca
check papel/logs papel/confianca
check papel/minimo papel/leitura papel/escrita papel/rejeitadas
check papel/so-seus-recursos papel/leitura papel/escrita papel/rejeitadas
check funcao/configurada
check funcao/processa funcao/configurada bucket/existe tabela/chave
check funcao/acentos funcao/processa
check gatilho/permissao funcao/configurada
check gatilho/notificacao funcao/configurada bucket/existe
check gatilho/ponta-a-ponta funcao/configurada bucket/existe tabela/chave
check gatilho/so-json gatilho/ponta-a-ponta
check validacao/separada gatilho/ponta-a-ponta
check validacao/tipo validacao/separada
check validacao/ilegivel validacao/separada
check validacao/sem-item validacao/tipo
check validacao/log validacao/separada
check validacao/repetida gatilho/ponta-a-ponta
check api/leitura
check api/rota
check api/permissao api/rota
check api/encontrada api/rota tabela/chave
check api/desconhecida api/encontrada
exit $failed
