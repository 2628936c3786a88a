"""A proxy that writes down the calls which pass through it, and in which order
they began and ended."""

import http.client
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

# Differ from one try of a call to the next.
PER_TRY = ("authorization", "x-amz-date", "amz-sdk-invocation-id", "amz-sdk-request")
# Of one connection.
HOP = ("connection", "keep-alive", "transfer-encoding")


# A shorter pause in which nothing was under way is one between two looks.
DELIBERATE = 0.25


class Recorder:
    """A proxy to `endpoint` for as long as the `with` block lasts."""

    def __init__(self, endpoint):
        self.calls = []
        upstream, calls = urlsplit(endpoint).netloc, self.calls

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def pass_on(self):
                began = time.monotonic()
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = [(n.lower(), v) for n, v in self.headers.items() if n.lower() not in HOP]
                line = http.client.HTTPConnection(upstream)
                line.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
                for name, value in headers:
                    line.putheader(name, value)
                line.endheaders(body)
                answer = line.getresponse()
                content = answer.read()
                times = (began, time.monotonic())
                calls.append((*times, self.command, self.path, headers, body, answer.status, len(content)))
                self.send_response_only(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in (*HOP, "content-length"):
                        self.send_header(name, value)
                length = answer.getheader("Content-Length") if self.command == "HEAD" else len(content)
                self.send_header("Content-Length", str(length or 0))
                self.end_headers()
                self.wfile.write(content)
                line.close()

            do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = do_PATCH = do_OPTIONS = pass_on

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.endpoint = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()

    def write(self, path):
        """The calls in the order in which they ended; see minimum/src/main.rs."""
        calls = sorted(self.calls, key=lambda call: call[1])

        def asks(call):
            _, _, method, path, headers, body, _, _ = call
            return method, path, body, tuple(h for h in headers if h[0] not in PER_TRY)

        asked = [asks(call) for call in calls]
        rows = []
        for index, (began, _, method, target, headers, body, status, length) in enumerate(calls):
            before = [other for other in calls if other[0] < began]
            idle = began - max((other[1] for other in before), default=began)
            rows.append(
                {
                    "after": sum(other[1] <= began for other in calls),
                    "pause": idle if idle > DELIBERATE else 0,
                    "method": method,
                    "path": target,
                    "headers": headers,
                    "body": body.decode("latin-1"),
                    "status": status,
                    "length": length,
                    "repeated": asked[index] in asked[index + 1 :],
                    "again": asked[index] in asked[:index],
                }
            )
        path.write_text(json.dumps(rows))
        return len(rows), max_overlap(calls)


def max_overlap(calls):
    """The most calls that were under way at one moment."""
    return max(sum(o[0] <= c[0] < o[1] for o in calls) for c in calls)
