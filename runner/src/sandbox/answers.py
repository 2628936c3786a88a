"""Makes the emulator answer a call of a function as Lambda does.

An error has its type, its place and the call's id; the end of the log has the
lines of the platform, with the call's id. Only what `Invoke` answers is changed,
and that the log shows a call from its beginning: APIs and queues are told the
same as before.
"""

import contextlib
import datetime
import re
import select
import time
import uuid

# How long the end of a log is waited for at most.
LOG_SECONDS = 2.0
INVOKE = "ministack-lambda-invoke"
INIT_FAILED = "Worker init failed: "
TRACEBACK = "Traceback (most recent call last):\n"
GENERIC = ("Runtime.HandlerError", "RuntimeError")


def answer_as_lambda():
    from ministack.services import lambda_svc

    dispatch = lambda_svc._execute_function_dispatch
    run = lambda_svc.run_reentrant

    def dispatched(func, config, event, request_id, started):
        with begun(config, request_id):
            result = dispatch(func, config, event, request_id, started)
        if isinstance(result, dict):
            result["_lab"] = (request_id, config, round((time.time() - started) * 1000, 2))
        return result

    async def run_reentrant(call, *args, **kwargs):
        result = await run(call, *args, **kwargs)
        told = result.pop("_lab", None) if isinstance(result, dict) else None
        if told and kwargs.get("thread_name") == INVOKE:
            request_id, config, took = told
            log = result.get("log") or ""
            if result.get("error") and isinstance(result.get("body"), dict):
                result["body"] = error(result["body"], log, config.get("Handler") or "", request_id)
            result["log"] = tail(log, request_id, config, took)
        return result

    keep_logs_whole()
    lambda_svc._execute_function_dispatch = dispatched
    lambda_svc.run_reentrant = run_reentrant


@contextlib.contextmanager
def begun(config, request_id):
    """START is in the log while a call goes on; the emulator writes all at the end."""
    from ministack.services import cloudwatch_logs as logs

    group = (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{config.get('FunctionName')}"
    if group not in logs._log_groups:
        yield
        return
    version = config.get("Version", "$LATEST")
    name = f"{datetime.date.today():%Y/%m/%d}/[{version}]{uuid.uuid4().hex}"
    now = int(time.time() * 1000)
    stream = {"events": [], "uploadSequenceToken": "1", "creationTime": now}
    stream |= dict.fromkeys(["firstEventTimestamp", "lastEventTimestamp", "lastIngestionTime"])
    logs._append_log_events(stream, [{"timestamp": now, "message": start_line(request_id, version), "ingestionTime": now}])
    streams = logs._log_groups[group]["streams"]
    streams[name] = stream
    try:
        yield
    finally:
        # By now the call's own stream has all of its lines.
        streams.pop(name, None)


def keep_logs_whole():
    """A log is read until its pipe is empty: on a busy machine its reader is late."""
    from ministack.core import lambda_runtime

    drain = lambda_runtime.Worker._drain_stderr_bounded

    def drain_stderr(self, *args, **kwargs):
        deadline = time.monotonic() + LOG_SECONDS
        try:
            while select.select([self._proc.stderr], [], [], 0)[0] and time.monotonic() < deadline:
                if self._proc.poll() is not None:
                    break
                time.sleep(0.002)
        except (AttributeError, OSError, ValueError):
            # Windows cannot ask a pipe; a process that is gone has none.
            pass
        return drain(self, *args, **kwargs)

    lambda_runtime.Worker._drain_stderr_bounded = drain_stderr


def tail(log, request_id, config, took):
    lines = [start_line(request_id, config.get("Version", "$LATEST"))]
    lines += log.splitlines()
    lines.append(f"END RequestId: {request_id}")
    lines.append(
        f"REPORT RequestId: {request_id}\tDuration: {took} ms\tBilled Duration: {int(took) + 1} ms\t"
        f"Memory Size: {config.get('MemorySize', 128)} MB"
    )
    return "\n".join(lines) + "\n"


def start_line(request_id, version):
    return f"START RequestId: {request_id} Version: {version}"


def error(body, log, handler, request_id):
    message, kind = body.get("errorMessage") or "", body.get("errorType") or ""
    if kind not in GENERIC:
        return body
    if message.startswith(INIT_FAILED):
        return init_error(message.removeprefix(INIT_FAILED), handler, request_id)
    if TRACEBACK in log:
        raised, frames = python(log)
        told = {"requestId": request_id, "stackTrace": frames}
    else:
        raised, frames = node(log, message)
        told = {"trace": frames}
    return {"errorMessage": message, "errorType": raised, **told} if raised else body


def init_error(message, handler, request_id):
    module, _, name = handler.rpartition(".")
    if f"has no attribute '{name}'" in message:
        kind, message = "HandlerNotFound", f"Handler '{name}' missing on module '{module}'"
    else:
        kind, message = "ImportModuleError", f"Unable to import module '{module}': {message}"
    return {
        "errorMessage": message,
        "errorType": f"Runtime.{kind}",
        "requestId": request_id,
        "stackTrace": [],
    }


def python(log):
    """The type of the last exception, and its frames in the function's own code."""
    lines = log.rpartition(TRACEBACK)[2].splitlines()
    raised = next((line for line in lines if line and not line[0].isspace()), None)
    frames = []
    for place, code in zip(lines, lines[1:]):
        own = re.match(r'\s+File "[^"]*[/\\]code[/\\]([^"]+)"(, line \d+, in .+)', place)
        if own:
            frames.append(f'  File "/var/task/{own[1]}"{own[2]}\n{code}\n')
    return raised and re.split(r"[:\s]", raised)[0].rpartition(".")[2], frames


def node(log, message):
    """The type that the stack begins with, when it tells this message."""
    stack = re.search(rf"^(\w+): {re.escape(message)}\n(?:\s+at .*\n?)+", log, re.MULTILINE)
    return (stack[1], stack[0].splitlines()) if stack else (None, [])
