"""Where the emulator's API Gateway, or a right that it asks for, would mislead a
learner, it does as AWS does."""

import json

# Told in a header of a 502, so that the cause can be named without calling the
# function again; as in `aws/apigateway/call.rs`.
FLAW = "x-lab-flaw"
LISTED = "/apiStages"
BOOLEANS = {"apiKeyRequired", "enabled", "tracingEnabled", "cacheClusterEnabled"}
WHOLE = {"burstLimit", "limit", "offset"}
DECIMAL = {"rateLimit"}
INVOKE_CONFIG = {
    "GET": "lambda:GetFunctionEventInvokeConfig",
    "PUT": "lambda:PutFunctionEventInvokeConfig",
    "POST": "lambda:UpdateFunctionEventInvokeConfig",
    "DELETE": "lambda:DeleteFunctionEventInvokeConfig",
}


def answer_as_aws():
    """A function that fails, or answers in another form, is a 502 without details.

    "Output format of a Lambda function for proxy integration" in the API Gateway
    Developer Guide.
    """
    from ministack.services import apigateway_v1 as api

    shape = api._lambda_proxy_response

    def lambda_proxy_response(result):
        if result.get("throttle"):
            return shape(result)
        if result.get("error"):
            return bad_gateway(), None
        flaw = flaw_of(result.get("body"))
        return (bad_gateway(flaw), None) if flaw else shape(result)

    api._lambda_proxy_response = lambda_proxy_response


def bad_gateway(flaw=None):
    headers = {"Content-Type": "application/json", "x-amzn-ErrorType": "InternalServerErrorException"}
    if flaw:
        headers[FLAW] = flaw
    return {"statusCode": 502, "headers": headers, "body": '{"message": "Internal server error"}'}


def flaw_of(payload):
    """What is wrong with a function's answer, or None."""
    if isinstance(payload, bytes):
        # What a runtime of its own wrote, not yet read.
        try:
            payload = json.loads(payload)
        except ValueError:
            return "object"
    if not isinstance(payload, dict):
        return "object"
    status = payload.get("statusCode")
    if isinstance(status, bool) or not isinstance(status, (int, str)) or not str(status).isdecimal():
        return "status"
    if not isinstance(payload.get("body"), (str, type(None))):
        return "body"
    return None


def ask_for_the_right_rights():
    """The right to send or delete one message is the right to do so in batches:
    IAM knows no action with `Batch` of SQS. How a function is called without
    waiting is read by a right of its own. And a rule's targets are its own: the
    right to them is that to the rule, whose ARN names no bus when it is the
    default one.

    "Actions defined by Amazon SQS", "… by AWS Lambda" and "… by Amazon
    EventBridge" in the Service Authorization Reference.
    """
    from ministack.core import iam_actions

    asked = iam_actions.extract_iam_action

    def extract_iam_action(service, method, path, *rest, **named):
        if service == "lambda" and path.rstrip("/").endswith("/event-invoke-config"):
            return INVOKE_CONFIG.get(method)
        action = asked(service, method, path, *rest, **named)
        if isinstance(action, str) and action.startswith("sqs:"):
            return action.removesuffix("Batch")
        return action

    iam_actions.extract_iam_action = extract_iam_action
    found = iam_actions.extract_resource_arn

    def extract_resource_arn(service, method, path, headers, body, query, region, account):
        arn = found(service, method, path, headers, body, query, region, account)
        if service != "events":
            return arn
        if rule := iam_actions._safe_json_field(body, "Rule"):
            bus = iam_actions._safe_json_field(body, "EventBusName") or "default"
            arn = f"arn:aws:events:{region}:{account}:rule/{bus}/{rule}"
        return arn.replace(":rule/default/", ":rule/", 1)

    iam_actions.extract_resource_arn = extract_resource_arn


def keep_types_of_patches():
    """What a patch sets has the type that it has when it is made so.

    A patch's values are all texts. The emulator keeps them so, and a plan that
    was linked to a stage afterwards would hold a text in place of a list.
    """
    from ministack.services import apigateway_v1 as api

    patch = api._apply_patch

    def apply_patch(thing, operations):
        rest = []
        for operation in operations or []:
            path = operation.get("path") or ""
            if path == LISTED:
                link(thing, operation)
            elif "~" in path:
                put(thing, operation)
            else:
                rest.append({**operation, "value": typed(path, operation.get("value"))})
        return patch(thing, rest)

    api._apply_patch = apply_patch


def link(plan, operation):
    """Links a usage plan to a stage, `API:STAGE`, or takes the link away."""
    api_id, _, stage = (operation.get("value") or "").partition(":")
    links = plan.get("apiStages")
    links = [one for one in (links if isinstance(links, list) else []) if (one["apiId"], one["stage"]) != (api_id, stage)]
    if operation.get("op") != "remove":
        links.append({"apiId": api_id, "stage": stage})
    plan["apiStages"] = links


def put(thing, operation):
    """Follows a path with escaped names, such as /requestModels/application~1json."""
    *way, last = [part.replace("~1", "/").replace("~0", "~") for part in operation["path"].split("/")[1:]]
    for name in way:
        if not isinstance(thing.get(name), dict):
            thing[name] = {}
        thing = thing[name]
    if operation.get("op") == "remove":
        thing.pop(last, None)
    else:
        thing[last] = operation.get("value")


def typed(path, value):
    name = path.rsplit("/", 1)[-1]
    try:
        if name in BOOLEANS:
            return str(value).lower() == "true"
        if name in WHOLE:
            return int(value)
        if name in DECIMAL:
            return float(value)
    except (TypeError, ValueError):
        pass
    return value
