"""gunicorn: a few processes with a few threads each. Command line options win over this file.

No preload: a database pool that is opened before the fork hands one connection to two processes.
"""

from config import variables

bind = f"{variables.HOST.read()}:{variables.PORT.read()}"
workers = variables.WEB_PROCESSES.read()
threads = variables.WEB_THREADS.read()
worker_class = "gthread"
preload_app = False
timeout = 60
graceful_timeout = 20
keepalive = 5
max_requests = 20_000
max_requests_jitter = 2_000
# The application writes its own log, with request ids and without inquiry codes.
accesslog = None
errorlog = "-"
loglevel = "warning"
control_socket_disable = True
# Longer than any query the API reads, so that it can say so itself.
limit_request_line = 8190
