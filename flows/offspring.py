"""Prefect's ephemeral server ends with the run that started it, also when the run is ended by ``kill -9``.

Prefect stops its server when Python exits in order; a killed process never gets there, and the server would stay behind for good.
A shell, started beside the run, waits on a pipe whose other end only the run holds: the pipe closes when the run dies, however it dies.
"""

from __future__ import annotations

import atexit
import subprocess
import threading
import time

# First line: the server's process. Then either a word (the run ended in order, Prefect has stopped it) or the end of the pipe.
WATCH = 'read -r server || exit 0; read -r word || { kill -TERM "$server"; sleep 2; kill -KILL "$server"; } 2>/dev/null'


def tie_server_to_this_process(patience: float = 120.0) -> None:
    """Watch for the ephemeral server of this process and have it ended when this process is gone. Returns at once."""
    watcher = subprocess.Popen(["/bin/sh", "-c", WATCH], stdin=subprocess.PIPE, start_new_session=True)  # noqa: S603 - a fixed script
    atexit.register(_release, watcher)
    threading.Thread(target=_name_server, args=(watcher, patience), daemon=True, name="server-watch").start()


def _name_server(watcher: subprocess.Popen[bytes], patience: float) -> None:
    from prefect.server.api.server import SubprocessASGIServer

    until = time.monotonic() + patience
    while time.monotonic() < until:
        for server in list(SubprocessASGIServer._instances.values()):
            process = getattr(server, "server_process", None)
            if process is not None and watcher.stdin is not None:
                watcher.stdin.write(f"{process.pid}\n".encode())
                watcher.stdin.flush()
                return
        time.sleep(0.02)


def _release(watcher: subprocess.Popen[bytes]) -> None:
    """In order: the watcher ends without doing anything."""
    try:
        if watcher.stdin is not None:
            watcher.stdin.write(b"done\ndone\n")
            watcher.stdin.close()
    except OSError:
        return  # it is gone already
    watcher.wait(timeout=5)
