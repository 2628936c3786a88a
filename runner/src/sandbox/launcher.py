"""Runs MiniStack as the sandbox of one data directory.

    python launcher.py DIRECTORY PORT NONCE VERSION [--served]

Beyond serving the emulator it

* leaves the terminal that started it (its own session on Unix; on Windows the
  first process hands over to a second one that inherits no handle);
* holds `alive.lock` for as long as it lives, which is how others know;
* listens, then writes `state.json`, so that a first request waits in the queue
  instead of being refused while the emulator is still loading;
* answers the health check with its nonce, so that no other server is mistaken
  for this one;
* ends when a file `stop` appears, and saves what it holds before that and, for
  the case of being killed, soon after each change;
* lets APIs of every account be called by their URL;
* answers a call of a function as Lambda does (`answers.py`);
* judges alarms and filters logs as CloudWatch does (`watching.py`);
* tries again what event sources bring, and gives it up, as AWS does (`sources.py`);
* refuses requests made by pages of the web and the endpoint that wipes all.
"""

import asyncio
import datetime
import errno
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

import answers
import mends
import sources
import watching

EXIT_ALREADY_RUNNING = 97
EXIT_PORT_TAKEN = 98

POLL_SECONDS = 0.1
SAVE_SECONDS = 3.0
# Saving takes at most this part of the time, however much there is to save.
SAVE_SHARE = 1 / 50
GRACE_SECONDS = 1.0
LAST_RESORT_SECONDS = 5.0

HEALTH = ("/_ministack/health", "/_localstack/health", "/health")
WIPES = ("/_ministack/reset", "/_ministack/config")
READS = re.compile(rb"\.(Get|List|Describe|BatchGet|Query|Scan|Filter|Lookup|Search|Head|Test)")
LOCAL = re.compile(
    r"(?:.*\.)?(?:localhost|127\.0\.0\.1|amazonaws\.com|on\.aws|cloudfront\.net)|\[::1\]"
)
# Whatever page calls an API: that is for the API to allow, as on AWS.
API = "/_aws/execute-api/"
PUBLIC = re.compile(r"\.(?:execute-api|lambda-url|s3-website[.-])", re.IGNORECASE)


def hand_over(directory, nonce):
    """Windows: run the server in a second process and watch it until it listens.

    Handles that a parent marked as inheritable reach the first process whatever
    its own standard streams are, and would keep a reader's pipe open for good.
    """
    flags = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
    server = subprocess.Popen(
        [sys.executable, "-X", "utf8", *sys.argv, "--served"],
        stdin=subprocess.DEVNULL,
        stdout=sys.stdout.fileno(),
        stderr=sys.stderr.fileno(),
        close_fds=True,
        creationflags=flags,
    )
    state = os.path.join(directory, "state.json")
    while server.poll() is None:
        try:
            with open(state, encoding="utf-8") as file:
                if json.load(file)["nonce"] == nonce:
                    return 0
        except (OSError, ValueError, KeyError):
            pass
        time.sleep(0.02)
    return server.returncode


def hold_alive_lock(directory):
    """Lock `alive.lock` until this process ends. Others only ever test it."""
    file = open(os.path.join(directory, "alive.lock"), "a+b")
    for _ in range(20):
        try:
            if os.name == "nt":
                import msvcrt

                file.seek(0)
                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
            return file
        except OSError:
            time.sleep(0.05)
    print("another sandbox is running in this directory", flush=True)
    sys.exit(EXIT_ALREADY_RUNNING)


def listen(port):
    """The listening socket, on loopback only."""
    server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "nt":
        server.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
    else:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        server.bind(("127.0.0.1", port))
    except OSError as error:
        print(f"cannot listen on port {port}: {error}", flush=True)
        if error.errno in (errno.EADDRINUSE, errno.EACCES, errno.EADDRNOTAVAIL):
            sys.exit(EXIT_PORT_TAKEN)
        raise
    server.listen(128)
    server.setblocking(False)
    return server


def write_state(directory, port, nonce, version):
    now = datetime.datetime.now(datetime.timezone.utc)
    state = {
        "endpoint": f"http://127.0.0.1:{port}",
        "port": port,
        "pid": os.getpid(),
        "version": version,
        "started": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "nonce": nonce,
    }
    path = os.path.join(directory, "state.json")
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(state, file)
    os.replace(path + ".new", path)


def remove(path):
    try:
        os.remove(path)
    except OSError:
        pass


def empty(directory):
    """What functions left in the temporary folder when they were killed."""
    os.makedirs(directory, exist_ok=True)
    for entry in os.scandir(directory):
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path, ignore_errors=True)
        else:
            remove(entry.path)


class Server:
    def __init__(self, directory, nonce):
        self.directory = directory
        self.nonce = nonce.encode()
        self.stop_file = os.path.join(directory, "stop")
        self.stopping = threading.Event()
        self.unsaved = 0

        from ministack import app

        # A picture of 17 lines would be all that the end of a log shows.
        app.BANNER = "MiniStack on port {port}"
        self.ministack = app
        self.find_apis_of_every_account()
        self.run_current_code()
        answers.answer_as_lambda()
        mends.answer_as_aws()
        mends.keep_types_of_patches()
        mends.ask_for_the_right_rights()
        watching.watch_as_aws()
        sources.retry_what_is_pushed()
        sources.give_up_on_streams()

    def find_apis_of_every_account(self):
        """The id of an API is enough to call it, as on AWS.

        The emulator looks only at the account of the caller, and whoever calls
        an API without signing is taken for account 000000000000.
        """
        from ministack.services import apigateway, apigateway_v1

        def finder(apis):
            def find_api_scope(api_id):
                for (account, region, known), _ in apis.all_items():
                    if known == api_id:
                        return account, region
                return None

            return find_api_scope

        apigateway.find_api_scope = finder(apigateway._apis)
        apigateway_v1.find_api_scope = finder(apigateway_v1._rest_apis)

    def run_current_code(self):
        """A warm environment serves only the code that it was made from.

        A retry of an asynchronous event carries the code of its first try. After
        an update it would leave an environment with the old code in the pool,
        and the next call would run it.
        """
        from ministack.core import lambda_runtime as runtime

        acquire = runtime.acquire_worker

        def acquire_worker(func_name, config, code_zip, qualifier="$LATEST", max_concurrency=None):
            def differs(worker):
                return worker.code_zip != code_zip or worker.config.get("Environment") != config.get("Environment")

            with runtime._lock:
                pool = runtime._workers.get(runtime._worker_key(func_name, config, qualifier), [])
                stale = [worker for worker in pool if not worker.in_use and differs(worker)]
                for worker in stale:
                    pool.remove(worker)
            runtime.kill_workers(stale)
            return acquire(func_name, config, code_zip, qualifier=qualifier, max_concurrency=max_concurrency)

        runtime.acquire_worker = acquire_worker
        lambdas = sys.modules.get("ministack.services.lambda_svc")
        if lambdas is not None:
            lambdas.acquire_worker = acquire_worker

    def watch(self):
        """Thread: notices the stop file, and ends the process if nothing else does."""
        while not self.stopping.is_set() and not os.path.exists(self.stop_file):
            if not os.path.isdir(self.directory):
                # Deleted while it ran: nobody could stop it any more, and saving
                # would bring the directory back.
                self.end_functions()
                os._exit(1)
            self.stopping.wait(POLL_SECONDS)
        self.stopping.set()
        # A function that runs for long would hold the end for as long.
        time.sleep(2 * GRACE_SECONDS)
        self.end_functions()
        time.sleep(LAST_RESORT_SECONDS)
        self.leave()

    def end_functions(self):
        # Not imported here: its files may be gone, and unloaded it has no workers.
        runtime = sys.modules.get("ministack.core.lambda_runtime")
        if runtime is not None:
            try:
                runtime.reset()
            except Exception as error:
                print(f"ending functions failed: {error!r}", flush=True)

    def leave(self):
        remove(os.path.join(self.directory, "state.json"))
        remove(self.stop_file)
        sys.stdout.flush()
        sys.stderr.flush()
        # Threads that still wait for a function must not hold the process.
        os._exit(0)

    def save(self):
        from ministack.core import persistence

        try:
            persistence.save_all(self.ministack._build_persistence_save_dict())
        except Exception as error:
            print(f"saving failed: {error!r}", flush=True)

    async def keep_saved(self):
        pause = SAVE_SECONDS
        while True:
            await asyncio.sleep(pause)
            if self.unsaved:
                # Twice: what a request sets in motion ends after the request.
                self.unsaved -= 1
                began = time.monotonic()
                self.save()
                pause = max(SAVE_SECONDS, (time.monotonic() - began) / SAVE_SHARE)

    async def until_stop(self):
        while not self.stopping.is_set():
            await asyncio.sleep(POLL_SECONDS)
        self.save()

    def refusal(self, scope, headers):
        """Why a request is refused, or None.

        The emulator does not check the secret of an account's root, so a page
        of the web that guesses the port could act as one.
        """
        host = headers.get(b"host", b"127.0.0.1").decode("latin-1").lower()
        host = re.sub(r":\d+$", "", host)
        if not LOCAL.fullmatch(host):
            return "nome de host que não é deste computador"
        if scope["path"] in WIPES:
            return "endereço desligado neste sandbox"
        public = PUBLIC.search(host) or scope["path"].startswith(API)
        if headers.get(b"sec-fetch-site") == b"cross-site" and not public:
            origin = headers.get(b"origin", b"").decode("latin-1").lower()
            origin = re.sub(r"^https?://|:\d+$", "", origin)
            opened = headers.get(b"sec-fetch-mode") == b"navigate" and scope.get("method") == "GET"
            if not opened and not LOCAL.fullmatch(origin):
                return "pedido feito por uma página de outro site"
        return None

    async def app(self, scope, receive, send):
        if scope["type"] not in ("http", "websocket"):
            return await self.ministack.app(scope, receive, send)
        headers = dict(scope["headers"])
        refusal = self.refusal(scope, headers)
        if refusal:
            return await self.refuse(scope, send, refusal)
        if scope["type"] == "http" and scope["path"] in HEALTH:
            return await self.ministack.app(scope, receive, self.signed(send))
        if scope.get("method") not in ("GET", "HEAD", "OPTIONS"):
            if not READS.search(headers.get(b"x-amz-target", b"")):
                self.unsaved = 2
        return await self.ministack.app(scope, receive, send)

    async def refuse(self, scope, send, reason):
        if scope["type"] == "websocket":
            return await send({"type": "websocket.close"})
        body = json.dumps({"message": f"Sandbox: {reason}."}, ensure_ascii=False).encode()
        kind = (b"content-type", b"application/json; charset=utf-8")
        await send({"type": "http.response.start", "status": 403, "headers": [kind]})
        await send({"type": "http.response.body", "body": body})

    def signed(self, send):
        async def send_signed(message):
            if message["type"] == "http.response.start":
                signature = (b"x-lab-sandbox", self.nonce)
                message = {**message, "headers": [*message["headers"], signature]}
            await send(message)

        return send_signed

    async def serve(self, listening):
        from hypercorn.asyncio.run import worker_serve
        from hypercorn.config import Config, Sockets
        from hypercorn.utils import wrap_app

        config = Config()
        config.keep_alive_timeout = 75
        config.graceful_timeout = GRACE_SECONDS
        config.loglevel = "WARNING"
        saver = asyncio.create_task(self.keep_saved())
        judge = asyncio.create_task(watching.keep_judging())
        await worker_serve(
            wrap_app(self.app, config.wsgi_max_body_size, "asgi"),
            config,
            sockets=Sockets([], [listening], []),
            shutdown_trigger=self.until_stop,
        )
        saver.cancel()
        judge.cancel()
        self.end_functions()
        self.leave()


def raise_file_limit():
    try:
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft < hard:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    except (ImportError, ValueError, OSError):
        pass


def main():
    directory, port, nonce, version = sys.argv[1:5]
    if os.name == "nt" and "--served" not in sys.argv:
        sys.exit(hand_over(directory, nonce))
    if hasattr(os, "setsid"):
        try:
            os.setsid()
        except OSError:
            pass
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    alive = hold_alive_lock(directory)
    remove(os.path.join(directory, "stop"))
    listening = listen(int(port))
    write_state(directory, int(port), nonce, version)
    raise_file_limit()
    empty(os.path.join(directory, "tmp"))

    import logging

    server = Server(directory, nonce)
    logging.getLogger("persistence").setLevel(logging.WARNING)
    for name in ("SIGTERM", "SIGINT", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: server.stopping.set())
    threading.Thread(target=server.watch, daemon=True, name="stop-file").start()
    asyncio.run(server.serve(listening))
    alive.close()


if __name__ == "__main__":
    main()
