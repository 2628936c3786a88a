"""Where the emulator's event sources would mislead a learner, they do as AWS does."""

import json
import threading
import time

# How often a batch is tried before the other sources have their turn, and how
# long it waits in between.
AT_ONCE = 3
PAUSE_SECONDS = 0.1


def retry_what_is_pushed():
    """What SNS and EventBridge bring is tried again and ends in the destination.

    Both call a function asynchronously, by the same queue as `Invoke` with `Event`.
    """
    from ministack.services import eventbridge, lambda_svc, sns

    class Queued:
        """The Lambda service, whose caller does not wait and does not lose."""

        def __getattr__(self, name):
            return getattr(lambda_svc, name)

        def _execute_function_with_config_scope(self, func, event):
            lambda_svc.invoke_async_with_retry(func, event)

    sns._lambda_svc = Queued()

    def dispatch_to_lambda(arn, payload):
        func, config, _ = lambda_svc._get_func_record_for_ref(arn)
        if func and config:
            try:
                event = json.loads(payload)
            except ValueError:
                event = {"body": payload}
            lambda_svc.invoke_async_with_retry(lambda_svc._execution_record_for_config(func, config), event)

    eventbridge._dispatch_to_lambda = dispatch_to_lambda


def give_up_on_streams():
    """A batch of a table's stream is divided and given up as its mapping says.

    The emulator knows the age of a record and not the attempts: with
    `MaximumRetryAttempts` and `BisectBatchOnFunctionError` one bad record would
    hold up its shard all the same.
    """
    from ministack.services import lambda_svc

    execute = lambda_svc._execute_function
    poll = lambda_svc._poll_dynamodb_streams
    shards = {}
    here = threading.local()

    def execute_function(func, event):
        if not getattr(here, "polling", False):
            return execute(func, event)
        here.polling = False
        try:
            mapping = mapping_of(lambda_svc, func, event)
            if mapping is None:
                return execute(func, event)
            shard = shards.setdefault(mapping["UUID"], Shard())
            return shard.work(mapping, event["Records"], lambda batch: execute(func, {"Records": batch}),
                              lambda batch, result: lambda_svc._send_ddb_stream_failure_record(
                                  mapping, func, batch, mapping["EventSourceArn"], result, "RetryAttemptsExhausted"))
        finally:
            here.polling = True

    def poll_dynamodb_streams():
        here.polling = True
        try:
            return poll()
        finally:
            here.polling = False

    lambda_svc._execute_function = execute_function
    lambda_svc._poll_dynamodb_streams = poll_dynamodb_streams


def mapping_of(lambda_svc, func, event):
    config = func.get("config") or func
    source = event["Records"][0].get("eventSourceARN")
    for _, _, mapping in lambda_svc._iter_all_esms():
        if mapping["EventSourceArn"] == source and mapping["FunctionName"] == config.get("FunctionName"):
            return mapping
    return None


def number(record):
    return record["dynamodb"]["SequenceNumber"]


class Shard:
    """What is known of records that are fetched again, since one of them failed."""

    def __init__(self):
        self.done = set()
        self.tries = {}

    def work(self, mapping, records, call, give_up):
        """The answer of the last call that failed and holds up the rest, or of one that went well."""
        result = {"body": None}
        waiting = [record for record in records if number(record) not in self.done]
        while waiting:
            # A batch that failed comes again as it was, whatever came after it.
            size = self.tries.get(number(waiting[0]), (0, len(waiting)))[1]
            batch, waiting = waiting[:size], waiting[size:]
            result = self.attempt(mapping, batch, call, give_up)
            if result.get("error"):
                return result
        self.done.clear()
        return result

    def attempt(self, mapping, batch, call, give_up):
        first = number(batch[0])
        retries = mapping.get("MaximumRetryAttempts")
        limited = retries is not None and retries >= 0
        tries = self.tries.get(first, (0, 0))[0]
        for _ in range(AT_ONCE):
            result = call(batch)
            if not result.get("error"):
                return self.over(batch, result)
            if mapping.get("BisectBatchOnFunctionError") and len(batch) > 1:
                return self.divide(mapping, batch, call, give_up)
            tries += 1
            if limited and tries > retries:
                give_up(batch, result)
                return self.over(batch, {"body": None})
            if not limited:
                break
            time.sleep(PAUSE_SECONDS)
        self.tries[first] = (tries, len(batch))
        return result

    def divide(self, mapping, batch, call, give_up):
        middle = len(batch) // 2
        for half in (batch[:middle], batch[middle:]):
            result = self.attempt(mapping, half, call, give_up)
            if result.get("error"):
                break
        return result

    def over(self, batch, result):
        self.tries.pop(number(batch[0]), None)
        self.done.update(number(record) for record in batch)
        return result
