"""Runs AWS CLI commands one after the other in one process.

    python aws_worker.py

Starting the AWS CLI anew takes half a second, most of it spent on importing it;
here it is imported once. One JSON object a line on standard input, one a line on
standard output:

    {"cwd": "...", "env": {"AWS_REGION": "..."}, "argv": ["s3", "ls"]}
    {"code": 0, "stdout": "...", "stderr": "..."}

Every command is run by the CLI's own entry point, `awscli.clidriver`.
"""

import io
import json
import os
import sys
import traceback

from awscli.clidriver import create_clidriver
from awscli.customizations import overridesslcommonname

# As in sandbox/aws.py: the configured endpoint counts for every service.
overridesslcommonname.SSL_COMMON_NAMES.clear()


# The descriptions of the services, read once: most of what a command costs.
LOADER = create_clidriver().session.get_component("data_loader")


def captured():
    # The CLI writes texts, and to `.buffer` what must not be changed.
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)


def run(argv):
    real = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = out, err = captured(), captured()
    try:
        try:
            # A driver remembers the options of its command, so each gets a new one.
            driver = create_clidriver()
            driver.session.register_component("data_loader", LOADER)
            code = driver.main(argv)
        except SystemExit as exit:
            code = exit.code if isinstance(exit.code, int) else 1
        except BaseException:
            traceback.print_exc(file=err)
            code = 255
    finally:
        sys.stdout, sys.stderr = real
    texts = [stream.buffer.getvalue().decode("utf-8", "replace") for stream in (out, err)]
    return {"code": code or 0, "stdout": texts[0], "stderr": texts[1]}


def main():
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    # What a library prints behind our back must not be taken for an answer.
    os.dup2(2, 1)
    for line in io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8"):
        command = json.loads(line)
        os.chdir(command["cwd"])
        for name, value in command["env"].items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        print(json.dumps(run(command["argv"])), file=answers, flush=True)


main()
