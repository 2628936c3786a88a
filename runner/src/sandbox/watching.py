"""Where the emulator's CloudWatch would mislead a learner, it does as AWS does.

* An alarm is judged as time passes and not only when somebody puts one; by the
  metric that has its dimensions; period by period; and silence counts as it says.
* An alarm on how many messages wait in a queue knows how many there are.
* A filter pattern knows case and JSON, and one that AWS refuses is refused.
* The list of dashboards has its times as times.
* A pattern can be tried (`TestMetricFilter`), and what a metric filter matches
  is counted.
"""

import asyncio
import json
import time

import patterns

SECONDS = 1.0
WAITING = ("AWS/SQS", "ApproximateNumberOfMessagesVisible")


def watch_as_aws():
    from ministack.services import cloudwatch

    cloudwatch._evaluate_alarm = judge
    cloudwatch._cbor_ok = with_times(cloudwatch, cloudwatch._cbor_ok)
    read_patterns()


def with_times(cloudwatch, answer):
    def cbor_ok(data):
        for entry in data.get("DashboardEntries") or []:
            entry["LastModified"] = cloudwatch._cbor_timestamp(entry["LastModified"])
        return answer(data)

    return cbor_ok


async def keep_judging():
    from ministack.core.responses import request_scope
    from ministack.services import cloudwatch

    while True:
        await asyncio.sleep(SECONDS)
        for account, region in {key[:2] for key in list(cloudwatch._alarms._data)}:
            with request_scope(account, region):
                cloudwatch._evaluate_all_alarms()


def judge(alarm):
    """The state of an alarm now; who is to be told of a new one is told."""
    from ministack.services import cloudwatch

    if not alarm.get("Namespace") or not alarm.get("MetricName"):
        return
    state, reason = verdict(alarm, datapoints(alarm, time.time()))
    before = alarm["StateValue"]
    if state in (None, before):
        return
    alarm["StateValue"], alarm["StateReason"] = state, reason
    alarm["StateUpdatedTimestamp"] = int(time.time())
    cloudwatch._record_history(alarm["AlarmName"], before, state, reason)
    cloudwatch._dispatch_alarm_actions(alarm, before, state, reason)
    cloudwatch._evaluate_parent_alarms(alarm)


def datapoints(alarm, now):
    """The values of the last periods, the newest first; None where nothing was told."""
    from ministack.services import cloudwatch

    period = alarm.get("Period") or 60
    points = series(alarm, now)
    statistic = alarm.get("ExtendedStatistic") or alarm.get("Statistic") or "Average"
    values = []
    for number in range(alarm.get("EvaluationPeriods") or 1):
        end = now - number * period
        told = [point for point in points if end - period < point["Timestamp"] <= end]
        stats = cloudwatch._calc_stats(told)
        values.append(cloudwatch._stat_value(stats, statistic, told) if stats else None)
    return values


def series(alarm, now):
    """The points of the metric with exactly the alarm's dimensions."""
    from ministack.services import cloudwatch

    name = (alarm["Namespace"], alarm["MetricName"])
    dimensions = cloudwatch._dims_from_list(alarm.get("Dimensions") or [])
    if name == WAITING and set(dimensions) == {"QueueName"}:
        return waiting(dimensions["QueueName"], now)
    points = cloudwatch._metrics.get((*name, cloudwatch._dims_key(dimensions))) or []
    if points or dimensions or name[0] != "AWS/Lambda":
        return list(points)
    # Lambda also tells each metric for all functions together.
    return [point for key, told in cloudwatch._metrics.items() if key[:2] == name for point in told]


def waiting(queue, now):
    """How many messages can be received from a queue: one point, as AWS tells a minute."""
    from ministack.services import sqs

    known = sqs._queues.get(sqs._queue_name_to_url.get(queue))
    if known is None:
        return []
    count = sum(message["visible_at"] <= now for message in known["messages"])
    return [{"Timestamp": now, "Value": float(count)}]


def verdict(alarm, values):
    how, threshold = alarm.get("ComparisonOperator") or "", alarm.get("Threshold") or 0
    breaks = {
        "GreaterThanOrEqualToThreshold": lambda value: value >= threshold,
        "GreaterThanThreshold": lambda value: value > threshold,
        "LessThanThreshold": lambda value: value < threshold,
        "LessThanOrEqualToThreshold": lambda value: value <= threshold,
    }.get(how)
    if breaks is None:
        return None, ""
    silence = alarm.get("TreatMissingData") or "missing"
    treated = {"breaching": True, "notBreaching": False}.get(silence)
    told = [value for value in values if value is not None]
    if not told and treated is None:
        return (None, "") if silence == "ignore" else ("INSUFFICIENT_DATA", "Insufficient Data: no datapoints were received.")
    count = sum(treated is True if value is None else breaks(value) for value in values)
    needed = alarm.get("DatapointsToAlarm") or len(values)
    state = "ALARM" if count >= min(needed, len(told) if treated is None else needed) else "OK"
    if told:
        said = f"{len(told)} out of the last {len(values)} datapoints {told} compared with {how} ({threshold})"
    else:
        said = f"no datapoints were received and missing data was treated as [{silence}]"
    return state, f"Threshold Crossed: {said}."


def read_patterns():
    from ministack.core.responses import error_response_json, json_response
    from ministack.services import cloudwatch, cloudwatch_logs as logs

    handle, fan_out = logs.handle_request, logs._fanout_to_subscription_filters

    async def handle_request(method, path, headers, body, query_params):
        action = headers.get("x-amz-target", "").rpartition(".")[2]
        try:
            if action in ("TestMetricFilter", "PutMetricFilter"):
                asked = json.loads(body or b"{}")
                matches = patterns.matcher(asked.get("filterPattern"))
                if action == "TestMetricFilter":
                    lines = enumerate(asked.get("logEventMessages") or [], 1)
                    found = [
                        {"eventNumber": number, "eventMessage": line, "extractedValues": {}}
                        for number, line in lines
                        if matches(line)
                    ]
                    return json_response({"matches": found})
            return await handle(method, path, headers, body, query_params)
        except patterns.BadPattern as error:
            return error_response_json("InvalidParameterException", str(error), 400)

    def counted(group, stream, events):
        for key, known in logs._metric_filters.items():
            if key[0] == group:
                count(cloudwatch, known, [event.get("message") or "" for event in events])
        return fan_out(group, stream, events)

    logs.handle_request = handle_request
    logs._fanout_to_subscription_filters = counted
    logs._compile_filter_pattern = patterns.matcher


def count(cloudwatch, known, lines):
    """Tells the metrics of a filter what it matched."""
    try:
        matches = patterns.matcher(known.get("filterPattern"))
    except patterns.BadPattern:
        return
    found = [line for line in lines if matches(line)]
    for metric in known.get("metricTransformations") or []:
        values = [worth(metric.get("metricValue") or "1", line) for line in found]
        if not found and metric.get("defaultValue") is not None:
            values = [metric["defaultValue"]]
        for value in values:
            if value is not None:
                cloudwatch.record_metric(metric["metricNamespace"], metric["metricName"], value, metric.get("unit") or "None")


def worth(value, line):
    """The number that a line counts: as it is, or a field of the line."""
    if value.startswith("$."):
        try:
            value = patterns.at(json.loads(line), patterns.steps(value))
        except (ValueError, patterns.BadPattern):
            return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
