"""A Jupyter kernel: notebooks in Lua, with lai inside.

ipykernel speaks with Jupyter, and `lai --kernel` does the work; Sources/lai/Kernel/Kernel.swift documents
their protocol. $LAI names the program; without it, `lai` is searched on PATH.
"""

import codecs
import collections
import fnmatch
import html
import json
import os
import selectors
import signal
import socket
import subprocess
import threading
import time
import uuid

from ipykernel.kernelapp import IPKernelApp
from ipykernel.kernelbase import Kernel


class Lai:
    """The interpreter, in a process of its own.

    What it and its children print is passed to `printed` at once, with the name of the stream. A thread
    does this between requests too, so that no process waits for room in a pipe.
    """

    def __init__(self, printed):
        self.printed = printed
        self.socket, theirs = socket.socketpair()
        # A process group of its own: SIGINT reaches the program and its children, as at a terminal.
        self.process = subprocess.Popen(
            [os.environ.get("LAI", "lai"), "--kernel"], stdin=theirs, bufsize=0,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
        theirs.close()
        self.selector, self.lock = selectors.DefaultSelector(), threading.Lock()
        self.rest, self.streams = b"", {}
        for name in ("stdout", "stderr"):
            stream = getattr(self.process, name)
            os.set_blocking(stream.fileno(), False)
            self.streams[name] = stream, codecs.getincrementaldecoder("utf-8")("replace")
            self.selector.register(stream, selectors.EVENT_READ)
        threading.Thread(target=self.watch, daemon=True).start()
        self.hello = next((event for event in self.events() if event["event"] == "hello"), None)
        if self.hello is None:
            raise RuntimeError("lai --kernel did not start")

    def ask(self, **request):
        """The events of a request, up to its "done". Its status is "gone" if lai has ended."""
        try:
            self.socket.sendall(json.dumps(request).encode() + b"\n")
        except OSError:
            pass
        for event in self.events():
            yield event
            if event["event"] == "done":
                return
        self.close()
        yield {"event": "done", "status": "gone", "message":
               f"lai has ended (status {self.process.returncode}); the next cell starts a new one"}

    def events(self):
        """The events of lai until it ends. What was printed before an event is sent before it."""
        while True:
            try:
                told = self.socket.recv(1 << 16)
            except OSError:
                told = b""
            self.take_printed()  # it is already in the pipes
            *lines, self.rest = (self.rest + told).split(b"\n")
            yield from map(json.loads, lines)
            if not told:
                return

    def watch(self):
        """Forwards what is printed while any process can still print."""
        while self.streams:
            if self.selector.select(timeout=1):
                time.sleep(0.02)  # many small writes make one message
                self.take_printed()

    def take_printed(self):
        with self.lock:
            for name, (stream, decoder) in list(self.streams.items()):
                # More than a pipe holds, but limited: a child process may print forever.
                for _ in range(4):
                    if not (data := stream.read(1 << 18)):
                        break
                    self.printed(name, decoder.decode(data))
                if data == b"":
                    self.selector.unregister(stream)
                    del self.streams[name]

    def interrupt(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)

    def close(self):
        """Closes the socket, which ends lai; kills it if it does not end soon."""
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
            self.process.wait(timeout=2)
        except (OSError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()


def error_in(event):
    """The error in an event, in Jupyter's format; None if there is none."""
    if event["event"] == "error" or event.get("status") in ("invalid", "gone"):
        text = event["message"]
        return {"ename": event.get("name", "Error"), "evalue": text,
                "traceback": event.get("lines", [text])}
    return None


def progress_data(event):
    """How far long work is, as HTML and as text. At its end one line stays."""
    text, rows = event["text"], event.get("rows", [])
    parts = [f'<progress value="{event["done"]}" max="{event["total"]}"></progress> {html.escape(text)}']
    if "svg" in event:
        parts.append(event["svg"])
    if rows:
        parts.append(f"<pre>{html.escape(chr(10).join(rows))}</pre>")
    return {"text/plain": "\n".join([text, *rows]), "text/html": f"<div>{' '.join(parts)}</div>"}


class LaiKernel(Kernel):
    implementation = "lai"

    def __init__(self, **options):
        super().__init__(**options)
        self.request, self.is_silent = {}, False
        self.cells = collections.deque(maxlen=10_000)  # the number and the code of each
        self.lai = Lai(self.send_printed)
        hello = self.lai.hello
        self.implementation_version, self.banner = hello["version"], hello["banner"]
        self.language_info = {
            "name": "lua", "version": hello["lua"].removeprefix("Lua "), "mimetype": "text/x-lua",
            "file_extension": ".lua", "pygments_lexer": "lua", "codemirror_mode": "lua"}
        signal.signal(signal.SIGINT, lambda *_: self.lai.interrupt())
        # lai has no comms: a newly opened one is closed at once, and its messages are ignored.
        self.shell_handlers["comm_open"] = self.close_comm
        self.shell_handlers["comm_msg"] = self.shell_handlers["comm_close"] = self.ignore

    # These would turn SIGINT into a KeyboardInterrupt while a cell runs.
    pre_handler_hook = post_handler_hook = lambda self: None

    def send_printed(self, name, text):
        """Sends what is printed between cells as output of the last one."""
        if not self.is_silent:
            content = {"name": name, "text": text}
            self.session.send(self.iopub_socket, "stream", content, parent=self.request)

    def send_progress(self, event, works):
        """Shows the progress of long work in place; `works` has the displays of the cell, by number."""
        kind = "update_display_data" if event["id"] in works else "display_data"
        display = works.setdefault(event["id"], uuid.uuid4().hex)
        self.send_response(self.iopub_socket, kind, {
            "data": progress_data(event), "metadata": {}, "transient": {"display_id": display}})

    async def do_execute(self, code, silent, store_history=True, user_expressions=None, *_, **__):
        if self.lai.process.poll() is not None:
            self.lai = Lai(self.send_printed)
        self.lai.take_printed()  # from the previous cell
        self.request, self.is_silent = self.get_parent("shell"), silent
        number = self.execution_count
        if store_history and not silent:
            self.cells.append((number, code))
        reply = {"status": "ok", "execution_count": number, "user_expressions": {}, "payload": []}
        works = {}
        for event in self.lai.ask(
                request="execute", code=code, number=number, silent=silent, progress=not silent):
            kind, message = event["event"], {}
            if kind == "progress":
                self.send_progress(event, works)
                continue
            if error := error_in(event):
                kind, message = "error", error
                reply = {"status": "error", "execution_count": number, **error}
            elif kind in ("display", "result"):
                message = {"data": event["data"], "metadata": {}}
                if kind == "result":
                    message["execution_count"] = number
                kind = {"display": "display_data", "result": "execute_result"}[kind]
            if message and not silent:
                self.send_response(self.iopub_socket, kind, message)
        if reply["status"] == "ok":
            reply["user_expressions"] = {
                name: self.value(code) for name, code in (user_expressions or {}).items()}
        self.is_silent = False
        return reply

    def value(self, expression):
        """The value of an expression, without keeping it."""
        found = {"status": "ok", "data": {"text/plain": "nil"}, "metadata": {}}
        for event in self.lai.ask(request="execute", code=f"return {expression}", silent=True):
            if error := error_in(event):
                found = {"status": "error", **error}
            elif event["event"] in ("display", "result"):
                found["data"] = event["data"]
        return found

    async def do_history(self, hist_access_type, output, raw, session=0, start=0, stop=None, n=None,
                         pattern="*", unique=False, **_):
        """The cells of this session, number 1. Their results are not kept."""
        cells = list(self.cells)
        if hist_access_type == "range":
            last = float("inf") if stop is None else stop
            cells = [cell for cell in cells if session in (0, 1) and start <= cell[0] < last]
        elif hist_access_type == "search":
            cells = [cell for cell in cells if fnmatch.fnmatchcase(cell[1], pattern)]
        if unique:
            cells = sorted({code: (number, code) for number, code in cells}.values())
        if hist_access_type != "range" and n is not None:
            cells = cells[-n:] if n > 0 else []
        return {"status": "ok", "history": [
            (1, number, (code, None) if output else code) for number, code in cells]}

    async def ignore(self, *_):
        pass

    async def close_comm(self, stream, ident, message):
        content = {"comm_id": message["content"].get("comm_id", ""), "data": {}}
        self.session.send(self.iopub_socket, "comm_close", content, parent=message)

    def answer(self, **request):
        return list(self.lai.ask(**request))[-1]

    async def do_complete(self, code, cursor_pos):
        found = self.answer(request="complete", code=code, cursor=cursor_pos)
        place = {"cursor_start": found.get("start", 0), "cursor_end": found.get("end", cursor_pos)}
        return {"status": "ok", "matches": found.get("matches", []), "metadata": {}, **place}

    async def do_inspect(self, code, cursor_pos, *_, **__):
        found = self.answer(request="inspect", code=code, cursor=cursor_pos)
        data = {"text/plain": found["text"]} if "text" in found else {}
        return {"status": "ok", "found": bool(data), "metadata": {}, "data": data}

    async def do_is_complete(self, code):
        answer = self.answer(request="is_complete", code=code)
        state = answer.get("state", "unknown")
        return {"status": state, **({"indent": answer["indent"]} if state == "incomplete" else {})}

    async def do_shutdown(self, restart):
        self.lai.close()
        return {"status": "ok", "restart": restart}


if __name__ == "__main__":
    IPKernelApp.launch_instance(kernel_class=LaiKernel)
