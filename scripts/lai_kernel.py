"""A Jupyter kernel: notebooks in Lua, with lai inside.

ipykernel speaks with Jupyter, `lai --kernel` does the work; what goes between the two is told in
Sources/lai/Kernel/Kernel.swift. $LAI names the program, or else PATH has it.
"""

import codecs
import json
import os
import selectors
import signal
import socket
import subprocess
import time

from ipykernel.kernelapp import IPKernelApp
from ipykernel.kernelbase import Kernel


class Lai:
    """The interpreter, in a process of its own."""

    def __init__(self):
        self.socket, theirs = socket.socketpair()
        # A group of its own, which gets SIGINT as what runs at a terminal does.
        self.process = subprocess.Popen(
            [os.environ.get("LAI", "lai"), "--kernel"], stdin=theirs, bufsize=0,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
        theirs.close()
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.socket, selectors.EVENT_READ)
        self.rest, self.streams = b"", {}
        for name in ("stdout", "stderr"):
            stream = getattr(self.process, name)
            os.set_blocking(stream.fileno(), False)
            self.streams[name] = stream, codecs.getincrementaldecoder("utf-8")("replace")
            self.selector.register(stream, selectors.EVENT_READ)
        self.hello = next((event for event in self.events() if event["event"] == "hello"), None)
        if self.hello is None:
            raise RuntimeError("lai --kernel did not start")

    def ask(self, **request):
        """What comes of a request, up to its "done", of status "gone" if lai has ended."""
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
               f"lai has ended (status {self.process.returncode}); the next cell starts anew"}

    def events(self):
        """What lai tells and prints, until it ends."""
        while True:
            ready = [key.fileobj for key, _ in self.selector.select()]
            if self.socket not in ready:
                time.sleep(0.02)  # many small writes make one message
            told = self.socket.recv(1 << 16) if self.socket in ready else None
            # What was printed before an event stands in the pipes already.
            for name, (stream, decoder) in self.streams.items():
                while data := stream.read(1 << 16):
                    yield {"event": "stream", "name": name, "text": decoder.decode(data)}
                if data == b"" and stream in ready:
                    self.selector.unregister(stream)
            if told is not None:
                *lines, self.rest = (self.rest + told).split(b"\n")
                yield from map(json.loads, lines)
                if not told:
                    return

    def interrupt(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)

    def close(self):
        """Without its socket lai ends; if not soon, it must."""
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
            self.process.wait(timeout=2)
        except (OSError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()


class LaiKernel(Kernel):
    implementation = "lai"

    def __init__(self, **options):
        super().__init__(**options)
        self.lai = Lai()
        hello = self.lai.hello
        self.implementation_version, self.banner = hello["version"], hello["banner"]
        self.language_info = {
            "name": "lua", "version": hello["lua"].removeprefix("Lua "), "mimetype": "text/x-lua",
            "file_extension": ".lua", "pygments_lexer": "lua", "codemirror_mode": "lua"}
        signal.signal(signal.SIGINT, lambda *_: self.lai.interrupt())

    # These would make a KeyboardInterrupt of SIGINT while a cell runs.
    pre_handler_hook = post_handler_hook = lambda self: None

    async def do_execute(self, code, silent, *_, **__):
        if self.lai.process.poll() is not None:
            self.lai = Lai()
        number = 0 if silent else self.execution_count
        reply = {"status": "ok", "execution_count": number, "user_expressions": {}, "payload": []}
        for event in self.lai.ask(request="execute", code=code, number=number):
            kind, message = event["event"], {}
            if kind == "error" or kind == "done" and event["status"] in ("invalid", "gone"):
                kind, text = "error", event["message"]
                message = {"ename": event.get("name", "Error"), "evalue": text,
                           "traceback": event.get("lines", [text])}
                reply = {"status": "error", "execution_count": number, **message}
            elif kind == "stream":
                message = {"name": event["name"], "text": event["text"]}
            elif kind in ("display", "result"):
                message = {"data": event["data"], "metadata": {}}
                if kind == "result":
                    message["execution_count"] = number
                kind = {"display": "display_data", "result": "execute_result"}[kind]
            if message and not silent:
                self.send_response(self.iopub_socket, kind, message)
        return reply

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
        status = "complete" if answer.get("complete", True) else "incomplete"
        return {"status": status, "indent": answer.get("indent", "")}

    async def do_shutdown(self, restart):
        self.lai.close()
        return {"status": "ok", "restart": restart}


if __name__ == "__main__":
    IPKernelApp.launch_instance(kernel_class=LaiKernel)
