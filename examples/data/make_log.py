#!/usr/bin/env python3
"""Makes access.log again: runs nginx with nginx.conf on the loopback interface and sends it some 11,000 requests.

    python3 examples/data/make_log.py [OUTPUT]

Needs nginx on the PATH and Linux (any address of 127.0.0.0/8 can be a client's) with the ports 18080 to 18082 free.
Takes about two minutes. What is asked, by whom and how slowly the upstream answers come from a fixed seed. Dates,
request times and the order of the lines are what nginx saw; statuses that hang on timing (499, 503, 504) may differ.
"""

import base64
import collections
import http.server
import os
import pathlib
import queue
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
PORT, UPSTREAM_PORT = 18080, 18081
LINES = 11_000
SECONDS = 110
THREADS = 32
DEADLINE_SECONDS = 300
RNG = random.Random(20261)

CHROME = "Mozilla/5.0 ({}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Safari/537.36"
# (weight, kind, agent); the kind decides what is asked for.
AGENTS = [
    (20, "browser", CHROME.format("Windows NT 10.0; Win64; x64", 141)),
    (9, "browser", CHROME.format("Macintosh; Intel Mac OS X 10_15_7", 141)),
    (5, "browser", CHROME.format("X11; Linux x86_64", 139)),
    (5, "browser", CHROME.format("Windows NT 10.0; Win64; x64", 140) + " Edg/140.0.0.0"),
    (7, "browser", "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0"),
    (4, "browser", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
    (8, "browser", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
                   "Version/18.6 Mobile/15E148 Safari/604.1"),
    (1, "browser", 'Mozilla/5.0 (compatible; "Kiosk" build C:\\shop\\7)'),
    (1, "browser", "Einkäufer/2.1 (Tablet; Größe 10)"),
    (24, "app", "ShopApp/7.4.1 (Android 15; Pixel 8)"),
    (20, "app", "okhttp/4.12.0"),
    (7, "app", "ShopApp/7.3 CFNetwork/1568.100.1 Darwin/24.0.0"),
    (4, "script", "python-requests/2.32.3"),
    (4, "script", "curl/8.9.1"),
    (3, "script", "Go-http-client/1.1"),
    (6, "bot", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"),
    (4, "bot", "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)"),
    (3, "bot", "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)"),
    (2, "bot", "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)"),
    (4, "scanner", "Mozilla/5.0 zgrab/0.x"),
    (1, "scanner", "sqlmap/1.8.9#stable (https://sqlmap.org)"),
    (1, "scanner", ""),
    (6, "probe", "kube-probe/1.31"),
]
SITE = "https://shop.example"
ELSEWHERE = ["https://www.google.com/", "https://duckduckgo.com/", "https://www.bing.com/", "https://t.co/x8Qm2",
             "https://news.ycombinator.com/item?id=41200000", "android-app://com.google.android.gm/"]
WORDS = ["oak", "maple", "steel", "linen", "copper", "wool", "glass", "cedar", "slate", "cork"]
THINGS = ["desk", "chair", "lamp", "shelf", "kettle", "mug", "rug", "vase", "clock", "bench"]

PAGES = ["/", "/about.html", "/contact.html", "/sale/", "/new/", "/cart.html", "/help/shipping.html",
         "/help/returns.html", "/help/payment.html", "/jobs.html", "/terms.html", "/privacy.html"]
PAGES += [f"/blog/2026/{w}-{t}-guide.html" for w, t in zip(WORDS, THINGS)]
PAGES += [f"/category/{t}/" for t in THINGS]
PRODUCTS = [f"/product/{w}-{t}.html" for t in THINGS for w in WORDS]
ASSETS = ["/favicon.ico", "/robots.txt", "/sitemap.xml", "/assets/app.3f91c2.css", "/assets/app.77ab01.js",
          "/assets/vendor.b0c4de.js", "/assets/fonts/inter-400.woff2", "/assets/fonts/inter-700.woff2", "/img/logo.svg"]
ASSETS += [f"/img/{w}-{t}-480.webp" for t in THINGS[:7] for w in WORDS]
DOWNLOADS = ["/downloads/catalogue-2026.pdf", "/downloads/assembly-desk.pdf", "/downloads/price-list.csv"]
ADMIN = ["/admin/", "/admin/orders.html", "/admin/stock.html", "/admin/users.html"]
JUNK = ["/wp-login.php", "/xmlrpc.php", "/.env", "/.git/config", "/phpmyadmin/index.php", "/vendor/phpunit/eval.php",
        "/boaform/admin/formLogin", "/cgi-bin/luci", "/actuator/health", "/server-status", "/owa/auth/logon.aspx"]
STAFF = {"alice": "s3same", "bo.chen": "kettle9", "deploy": "ci-only", "mary ann": "two words"}

# (weight, method, path, query, fastest ms, slowest ms, chance of a 500, of a dropped connection, of a time-out)
API = [
    (26, "GET", "/api/v1/products/{product}", "", 5, 40, 0.004, 0, 0),
    (18, "GET", "/api/v1/search", "?q={word}+{thing}&page={page}", 20, 220, 0.01, 0, 0.006),
    (13, "GET", "/api/v1/users/{user}", "", 5, 25, 0.002, 0, 0),
    (10, "GET", "/api/v1/users/{user}/orders", "?limit=20", 15, 120, 0.01, 0, 0),
    (9, "GET", "/api/v1/orders/{order}", "", 8, 60, 0.005, 0, 0),
    (8, "POST", "/api/v1/cart/items", "", 8, 50, 0.01, 0, 0),
    (4, "PUT", "/api/v1/users/{user}", "", 10, 60, 0.01, 0, 0),
    (4, "POST", "/api/v1/orders", "", 30, 180, 0.03, 0, 0.01),
    (4, "POST", "/api/v1/payments", "", 60, 280, 0.02, 0.07, 0.03),
    (3, "GET", "/api/v1/reports/{report}", "?from=2026-01-01&to=2026-06-30", 150, 300, 0.04, 0, 0.08),
    (3, "GET", "/api/v1/recommendations", "?for={user}", 5, 5, 0, 0, 0),
    (3, "GET", "/api/v1/export", "?format=csv", 90, 260, 0.02, 0, 0),
    (2, "HEAD", "/api/v1/products/{product}", "", 5, 20, 0, 0, 0),
    (2, "POST", "/api/v1/login", "", 40, 90, 0.005, 0, 0),
]

BROKEN = [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(7, 9)) + bytes(range(128, 180)) + b"\n",
    b"\x16\x03\x01\x00\xee\x01\x00\x00\xea\x03\x03\xc4\x22\x5c\x91\xfe\x10\n",
    b"\x03\x00\x00\x13\x0e\xe0\x00\x00\x00\x00\x00\x01\x00\x08\x00\x03\x00\x00\x00",
    b"\x00\x0e8\xc4G\xab\x1d\xae\xcb0\x00\x00\x00\x00\x00",
    b"\x05\x01\x00\r\n\r\n",
    b"GET /\r\n",
    b"GET /old page.html HTTP/1.1\r\nHost: shop.example\r\n\r\n",
    b"GET / HTTP/9.1\r\n\r\n",
    b"GET /index.html HTTP/1.1\r\n\r\n",
    b"get / http/1.1\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"CONNECT mail.example:25 HTTP/1.1\r\nHost: mail.example:25\r\n\r\n",
    b"OPTIONS sip:nm SIP/2.0\r\n\r\n",
    b"\"quoted\" \\nonsense\\ 'here'\r\n\r\n",
    b"GET /%%%zz HTTP/1.1\r\nHost: shop.example\r\n\r\n",
    b"GET /../../etc/passwd HTTP/1.1\r\nHost: shop.example\r\n\r\n",
    b"GET /" + b"A" * 9000 + b" HTTP/1.1\r\nHost: shop.example\r\n\r\n",
    b"GET /sear",
    b"\r\n\r\n\r\n\r\nGARBAGE\r\n\r\n",
]
QUOTED = [
    ("/search.html", '?q="oak desk"'.replace(" ", "+")),
    ('/tag/"new"', ""),
    ("/files\\backup\\site.zip", ""),
    ("/caf\xe9/menü.html", ""),
    ("/product/oak-desk.html", "?id=1'+OR+\"1\"=\"1"),
    ("/search.html", "?q=" + "union+select+" * 300),
]

Request = collections.namedtuple("Request", "data method close_after")


def zipf(items, strength=1.0):
    """One of the items, the first ones far more often than the last ones."""
    weights = [1 / (rank + 2) ** strength for rank in range(len(items))]
    return RNG.choices(items, weights)[0]


def request(method, target, agent, referer="", user=None, body=b"", extra=(), close_after=None):
    lines = [f"{method} {target} HTTP/1.1", "Host: shop.example"]
    if agent:
        lines.append(f"User-Agent: {agent}")
    if referer:
        lines.append(f"Referer: {referer}")
    if user is not None:
        name, password = user
        lines.append("Authorization: Basic " + base64.b64encode(f"{name}:{password}".encode()).decode())
    if body:
        lines.append(f"Content-Length: {len(body)}")
    lines.extend(extra)
    data = "\r\n".join(lines).encode() + b"\r\n\r\n" + body
    return Request(data, method, close_after)


def api_call(agent, referer):
    _, method, path, query, low, high, fails, drops, hangs = RNG.choices(API, [a[0] for a in API])[0]
    names = {
        "product": zipf(range(1001, 1061)), "user": zipf(range(1, 61)), "order": zipf(range(88_300, 88_360)),
        "report": zipf(range(1, 13)), "word": zipf(WORDS), "thing": zipf(THINGS), "page": zipf(range(1, 9), 2),
    }
    target = path.format(**names) + query.format(**names)
    milliseconds = low + (high - low) * RNG.betavariate(1.3, 4)
    status, close_after = 200, None
    chance = RNG.random()
    if chance < fails:
        status = 500
    elif chance < fails + drops:
        status = 0
    elif chance < fails + drops + hangs:
        milliseconds = 450
    elif method == "POST" and path.endswith("login"):
        status = RNG.choices([204, 401, 403], [8, 3, 1])[0]
    elif method == "POST":
        status = RNG.choices([201, 400, 422], [20, 1, 1])[0]
    elif RNG.random() < 0.012:
        status = 404
    if milliseconds > 60 and RNG.random() < 0.05:
        close_after = 0.02
    extra = [f"X-Sleep-Ms: {milliseconds:.0f}", f"X-Status: {status}", f"X-Bytes: {RNG.randint(80, 4000)}"]
    user = ("app-" + str(names["user"]), "x") if RNG.random() < 0.1 else None
    body = b'{"items": [1, 2, 3]}' if method in ("POST", "PUT") else b""
    return request(method, target, agent, referer, user, body, extra, close_after)


def page_visit(agent):
    """A page and what it pulls in."""
    page = zipf(PAGES, 1.1) if RNG.random() < 0.55 else zipf(PRODUCTS, 0.9)
    came_from = RNG.choice(ELSEWHERE) if RNG.random() < 0.35 else ""
    query = "?utm_source=mail&utm_campaign=autumn" if RNG.random() < 0.06 else ""
    yield request("GET", page + query, agent, came_from)
    referer = SITE + page
    for _ in range(RNG.randint(0, 5)):
        cached = ["If-Modified-Since: Fri, 01 Jan 2038 00:00:00 GMT"] if RNG.random() < 0.3 else []
        yield request("GET", zipf(ASSETS, 0.8), agent, referer, extra=cached)
    for _ in range(RNG.randint(0, 2)):
        yield api_call(agent, referer)
    chance = RNG.random()
    if chance < 0.03:
        path = RNG.choice(DOWNLOADS)
        part = [f"Range: bytes={RNG.randint(0, 900)}-{RNG.randint(1000, 60000)}"] if RNG.random() < 0.7 else []
        yield request("GET", path, agent, referer, extra=part)
    elif chance < 0.05:
        yield request("GET", "/old-blog/2025/" + zipf(WORDS) + ".html", agent, referer)
    elif chance < 0.07:
        yield request("GET", "/category/" + zipf(THINGS), agent, referer)
    elif chance < 0.09:
        path, query = RNG.choice(QUOTED)
        yield request("GET", path + query, agent, referer)
    elif chance < 0.11:
        name = RNG.choice(list(STAFF))
        password = STAFF[name] if RNG.random() < 0.8 else "wrong"
        yield request("GET", RNG.choice(ADMIN), agent, referer, (name, password))
    elif chance < 0.12:
        yield request("GET", "/product/" + RNG.choice(WORDS) + "-sofa.html", agent, referer)
    elif chance < 0.126:
        # Only the head is sent: nginx answers 413 from the announced length.
        head = request("POST", "/api/v1/uploads", agent, referer, extra=["Content-Length: 900000"])
        yield head._replace(close_after=0.05)


def session(client, kind, agent):
    """The requests of one visit, as a list of connections."""
    if kind == "browser":
        return [[r for _ in range(RNG.randint(1, 3)) for r in page_visit(agent)]]
    if kind == "app":
        return [[api_call(agent, "") for _ in range(RNG.randint(2, 9))]]
    if kind == "script":
        calls = [api_call(agent, "") for _ in range(RNG.randint(1, 5))]
        calls += [request(RNG.choice(["POST", "PUT", "DELETE"]), zipf(PAGES), agent)] if RNG.random() < 0.25 else []
        return [[call] for call in calls]
    if kind == "bot":
        first = [request("GET", "/robots.txt", agent)]
        paths = [zipf(PAGES + PRODUCTS, 0.3) for _ in range(RNG.randint(1, 7))]
        return [first + [request(RNG.choices(["GET", "HEAD"], [5, 1])[0], path, agent) for path in paths]]
    if kind == "probe":
        return [[request("GET", "/healthz", agent)], [request("GET", "/internal/metrics", agent)]]
    connections = [[request("GET", path, agent)] for path in RNG.sample(JUNK, RNG.randint(1, 3))]
    connections += [[Request(RNG.choice(BROKEN), "?", 1.2)] for _ in range(RNG.randint(1, 3))]
    return connections


def plan():
    """All visits as (start second, client address, connections), in the order of their starts."""
    clients = [f"127.{RNG.randint(10, 250)}.{RNG.randint(0, 255)}.{RNG.randint(1, 254)}" for _ in range(210)]
    clients.insert(25, "::1")
    picks = RNG.choices(AGENTS, [a[0] for a in AGENTS], k=len(clients))
    owned = {client: pick for client, pick in zip(clients, picks)}
    for client, pick in zip(clients[-len(AGENTS):], AGENTS):
        owned[client] = pick
    visits, planned = [], 0
    while planned < LINES:
        client = zipf(clients, 0.75)
        _, kind, agent = owned[client]
        connections = session(client, kind, agent)
        planned += sum(len(requests) for requests in connections)
        visits.append((RNG.uniform(0, SECONDS), client, connections))
    visits.sort(key=lambda visit: visit[0])
    return visits


class Upstream(http.server.BaseHTTPRequestHandler):
    """Answers after as long, with what status and as many bytes as the request's headers ask for."""

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        time.sleep(float(self.headers.get("X-Sleep-Ms", "5")) / 1000)
        status = int(self.headers.get("X-Status", "200"))
        if status == 0:
            self.close_connection = True
            return
        body = b"" if status == 204 else b"x" * int(self.headers.get("X-Bytes", "80"))
        try:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)
        except OSError:
            pass

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = answer

    def log_message(self, *_):
        pass


class UpstreamServer(http.server.ThreadingHTTPServer):
    request_queue_size = 256
    daemon_threads = True

    def handle_error(self, *_):
        pass


def read_answer(connection, method, pending):
    """Reads one answer; returns what follows it, or None when the server closes the connection."""
    while b"\r\n\r\n" not in pending:
        chunk = connection.recv(65536)
        if not chunk:
            return None
        pending += chunk
    head, _, pending = pending.partition(b"\r\n\r\n")
    status = int(head.split()[1])
    length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
    if method != "HEAD" and status not in (204, 304):
        left = int(length[1]) if length else 1 << 30
        while len(pending) < left:
            chunk = connection.recv(65536)
            if not chunk:
                return None
            pending += chunk
        pending = pending[left:]
    return None if re.search(rb"(?i)\r\nconnection: close", head) else pending


def connect(client):
    family = socket.AF_INET6 if ":" in client else socket.AF_INET
    connection = socket.socket(family)
    connection.settimeout(5)
    connection.bind((client, 0))
    connection.connect(("::1" if ":" in client else "127.0.0.1", PORT))
    return connection


def visit(client, connections):
    for requests in connections:
        connection, pending = connect(client), b""
        for wanted in requests:
            if connection is None:
                connection, pending = connect(client), b""
            connection.sendall(wanted.data)
            if wanted.close_after is not None and wanted.method != "?":
                time.sleep(wanted.close_after)
                pending = None
            else:
                try:
                    if wanted.method == "?":
                        connection.settimeout(wanted.close_after)
                    pending = read_answer(connection, wanted.method, pending)
                except (OSError, IndexError, ValueError):
                    pending = None
            if pending is None:
                connection.close()
                connection = None
        if connection is not None:
            connection.close()


def work(visits, begun, failures):
    while True:
        try:
            start, client, connections = visits.get_nowait()
        except queue.Empty:
            return
        time.sleep(max(0, begun + start - time.monotonic()))
        if time.monotonic() > begun + DEADLINE_SECONDS:
            return
        try:
            visit(client, connections)
        except OSError as error:
            failures.append(f"{client}: {error}")


def make_site(prefix):
    for path in PAGES + PRODUCTS + ASSETS + DOWNLOADS + ADMIN + ["/healthz", "/internal/metrics", "/search.html"]:
        file = prefix / "site" / (path[1:] + "index.html" if path.endswith("/") else path[1:])
        file.parent.mkdir(parents=True, exist_ok=True)
        size = RNG.randint(200_000, 900_000) if path in DOWNLOADS else int(RNG.lognormvariate(8.6, 1.1))
        file.write_bytes(b"x" * (2 if path == "/healthz" else size))
    lines = [f"{name}:{{PLAIN}}{password}\n" for name, password in STAFF.items()]
    (prefix / "htpasswd").write_text("".join(lines))
    (prefix / "temp").mkdir()
    prefix.chmod(0o755)


def summary(log):
    statuses, paths, clients, agents = (collections.Counter() for _ in range(4))
    lines = log.decode().splitlines()
    for line in lines:
        quoted = line.split('"')
        statuses[quoted[2].split()[0]] += 1
        paths[(quoted[1].split() + ["-", "-"])[1].split("?")[0]] += 1
        clients[line.split()[0]] += 1
        agents[quoted[5]] += 1
    print(f"{len(lines)} lines, {len(log)} bytes, {len(paths)} paths, {len(clients)} clients, {len(agents)} agents")
    print("statuses:", ", ".join(f"{status} x {count}" for status, count in sorted(statuses.items())))


def main():
    output = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "access.log"
    if shutil.which("nginx") is None:
        sys.exit("make_log.py: nginx is not on the PATH")
    with tempfile.TemporaryDirectory() as folder:
        prefix = pathlib.Path(folder)
        make_site(prefix)
        shutil.copy(HERE / "nginx.conf", prefix)
        upstream = UpstreamServer(("127.0.0.1", UPSTREAM_PORT), Upstream)
        threading.Thread(target=upstream.serve_forever, daemon=True).start()
        command = ["nginx", "-p", f"{prefix}/", "-e", "error.log", "-c", "nginx.conf"]
        server = subprocess.Popen(command, env=dict(os.environ, TZ="UTC"))
        try:
            time.sleep(1)
            if server.poll() is not None:
                sys.exit("make_log.py: nginx did not start: " + (prefix / "error.log").read_text())
            visits, failures = queue.Queue(), []
            for planned in plan():
                visits.put(planned)
            begun = time.monotonic()
            arguments = (visits, begun, failures)
            threads = [threading.Thread(target=work, args=arguments, daemon=True) for _ in range(THREADS)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(DEADLINE_SECONDS)
        finally:
            if server.poll() is None:
                server.send_signal(signal.SIGQUIT)
                server.wait(20)
            upstream.shutdown()
        for failure in failures:
            print("make_log.py: a visit failed:", failure, file=sys.stderr)
        log = (prefix / "access.log").read_bytes()
    output.write_bytes(log)
    summary(log)


if __name__ == "__main__":
    main()
