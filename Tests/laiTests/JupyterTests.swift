import Foundation
import Testing

/// Runs Jupyter's own client with `scripts/lai_kernel.py`. LAI_PYTHON names a Python that has
/// ipykernel. Without it, and if python3 has no ipykernel, the package is installed temporarily.
@Suite struct JupyterTests {
  @Test("a session of Jupyter", .timeLimit(.minutes(10))) func session() async throws {
    let folder = try Folder(["session.py": Self.session])
    guard let outcome = try await outcome(of: "session.py", needing: "ipykernel", in: folder) else {
      return
    }
    #expect(outcome.status == 0 && outcome.output.hasSuffix("all as expected\n"), "\(outcome)")
  }

  @Test("a notebook without a person: progress, a picture, a table", .timeLimit(.minutes(10)))
  func notebook() async throws {
    let folder = try Folder(["notebook.py": Self.notebook])
    guard let outcome = try await outcome(of: "notebook.py", needing: "nbclient", in: folder) else {
      return
    }
    #expect(outcome.status == 0 && outcome.output.hasSuffix("all as expected\n"), "\(outcome)")
  }

  /// What a script of Python gives with the kernel installed; nil, with a message, without the module.
  private func outcome(
    of script: String, needing module: String, in folder: Folder
  ) async throws -> Outcome? {
    // What `scripts/lai --install` writes for Jupyter, for the program under test.
    let scripts = Place.root.appending(path: "scripts").path
    let spec = try await folder.run(
      URL(filePath: "/usr/bin/env"),
      [
        "bash", "-euc", "source \"$1/install.sh\"; write_kernelspec \"$1/lai_kernel.py\" \"$2\"",
        "",
        scripts, Place.program.path,
      ])
    #expect(spec.status == 0 && spec.errors.isEmpty, "\(spec)")
    try folder.write(spec.output, to: "kernels/lai/kernel.json")
    guard let (python, packages) = try await python(with: module, in: folder) else { return nil }
    return try await folder.run(
      URL(filePath: "/usr/bin/env"), [python, script],
      environment: [
        "PYTHONPATH": packages, "JUPYTER_PATH": folder.url.path, "HOME": folder.url.path,
        "IPYTHONDIR": folder.url.path, "NO_COLOR": "1",
      ])
  }

  /// A Python with ipykernel and another module, and the folder of its packages; nil, with a message,
  /// if there is none. Only ipykernel is fetched.
  private func python(
    with module: String, in folder: Folder
  ) async throws -> (python: String, packages: String)? {
    let env = URL(filePath: "/usr/bin/env")
    let python = ProcessInfo.processInfo.environment["LAI_PYTHON"] ?? "python3"
    let known = try await folder.run(env, [python, "-c", "import ipykernel.kernelapp, \(module)"])
    if known.status == 0 { return (python, "") }
    guard module == "ipykernel" else {
      print("no notebook: \(python) has no ipykernel or no \(module)")
      return nil
    }
    let packages = folder.url.appending(path: "packages").path
    let fetched = try await folder.run(
      env,
      [
        "python3", "-m", "pip", "install", "--quiet", "--no-cache-dir", "--no-compile",
        "--disable-pip-version-check", "--retries", "1", "--timeout", "10", "--target", packages,
        "ipykernel",
      ])
    guard fetched.status == 0 else {
      print("no session of Jupyter: ipykernel could not be fetched: \(fetched.errors)")
      return nil
    }
    return ("python3", packages)
  }

  private static let notebook = #"""
    import nbformat
    from nbclient import NotebookClient

    cells = [
        """net = lai.mlp{inputs = 10, hidden = {4}}
           data = lai.synthetic.friedman1{n = 50, seed = 1}
           run = lai.train{model = net, data = data, validation = data, epochs = 28,
             loss = lai.loss.lai{lambda = 0.1}, on_epoch = function()
               local finish = os.clock() + 0.05
               while os.clock() < finish do end
             end}""",
        "run:plot()",
        "setmetatable({}, {__html = function() return '<table><tr><td>1</td></tr></table>' end})"]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    pictures = []

    class Client(NotebookClient):
        def process_message(self, message, cell, index):
            if message["msg_type"] == "update_display_data":
                pictures.append("<svg" in message["content"]["data"]["text/html"])
            return super().process_message(message, cell, index)

    Client(book, timeout=60, kernel_name="lai").execute()
    training, plot, table = ([output.get("data") for output in cell.outputs if "data" in output]
                             for cell in book.cells)
    # While it trains there is a picture; what stays is one line.
    assert any(pictures) and not pictures[-1], pictures
    assert len(training) == 1 and training[0]["text/plain"].startswith("100 %"), training
    assert '<progress value="28" max="28">' in training[0]["text/html"], training
    assert plot[0]["image/svg+xml"].startswith("<svg"), plot
    assert table[0]["text/html"].startswith("<table>"), table
    print("all as expected")
    """#

  private static let session = #"""
    import os
    import queue
    import signal
    import threading
    import time
    from jupyter_client.manager import start_new_kernel

    # The threads that tests run on have it blocked.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
    manager, client = start_new_kernel(kernel_name="lai")

    def run(code, **options):
        outputs = []
        def note(message):
            content, kind = message["content"], message["msg_type"]
            if kind == "stream" and outputs and outputs[-1][0] == content["name"]:
                outputs[-1] = content["name"], outputs[-1][1] + content["text"]
            elif kind == "stream":
                outputs.append((content["name"], content["text"]))
            elif kind.endswith("display_data") and "display_id" in content.get("transient", {}):
                outputs.append((kind, content["transient"]["display_id"], content["data"]))
            elif kind in ("execute_result", "display_data"):
                outputs.append((kind, content["data"]))
            elif kind == "error":
                outputs.append((kind, content["evalue"], content["traceback"]))
        reply = client.execute_interactive(code, output_hook=note, timeout=30, **options)["content"]
        return reply["status"], outputs

    def check(found, wanted):
        assert found == wanted, f"\nfound  {found!r}\nwanted {wanted!r}"

    try:
        info = client.kernel_info(reply=True, timeout=30)["content"]
        check((info["implementation"], info["language_info"]["name"]), ("lai", "lua"))
        check(run("6 * 7"), ("ok", [("execute_result", {"text/plain": "42"})]))
        check(run("_1 + 1, 'é'"), ("ok", [("execute_result", {"text/plain": "43\t\"é\""})]))
        check(run("print('eins') io.write('zwei')"), ("ok", [("stdout", "eins\nzwei")]))
        check(run("io.stderr:write('so', ' so');"), ("ok", [("stderr", "so so")]))
        check(run("x.y = 1"), ("error", [(
            "error", "[5]:1: attempt to index a nil value (global 'x')",
            ["[5]:1: attempt to index a nil value (global 'x')", "  1 | x.y = 1", "      ^"])]))
        check(run("setmetatable({}, {__tostring = function() return 'p' end, "
                  "__svg = function() return '<svg/>' end})"),
              ("ok", [("display_data", {"text/plain": "p", "image/svg+xml": "<svg/>"})]))
        # Progress is one display, which is updated.
        slow = ("lai.train{model = lai.mlp{inputs = 1}, data = lai.synthetic.line{n = 8}, epochs = 15, "
                "loss = lai.loss.mse(), on_epoch = function() local t = os.clock() + 0.06 "
                "while os.clock() < t do end end}")
        status, outputs = run(slow + ";")
        outputs = [output for output in outputs if output[0].endswith("display_data")]
        check((status, outputs[0][0]), ("ok", "display_data"))
        assert len(outputs) > 1 and {output[0] for output in outputs[1:]} == {"update_display_data"}, outputs
        check(len({output[1] for output in outputs}), 1)
        assert outputs[-1][2]["text/plain"].startswith("100 %") and "epoch 15" in outputs[-1][2]["text/plain"], outputs
        assert '<progress value="15" max="15">' in outputs[-1][2]["text/html"], outputs
        check(run(slow, silent=True), ("ok", []))
        check(run("hidden = 1 return 2", silent=True), ("ok", []))
        check(run("99", silent=True), ("ok", []))
        check(run("_6 ~= 99 and _1"), ("ok", [("execute_result", {"text/plain": "42"})]))
        check(run("hidden"), ("ok", [("execute_result", {"text/plain": "1"})]))
        run("'kept'")
        run("'lost'", silent=True)
        check(run("_ == 'kept'"), ("ok", [("execute_result", {"text/plain": "true"})]))

        # Expressions beside a cell leave no trace either.
        reply = client.execute_interactive("x = 20", timeout=30, user_expressions={
            "twice": "2 * x", "both": "x, _", "bad": "x.y.z", "no": "? print"})
        found = reply["content"]["user_expressions"]
        check(found["twice"], {"status": "ok", "data": {"text/plain": "40"}, "metadata": {}})
        check(found["both"]["data"], {"text/plain": "20\ttrue"})
        check([found[name]["status"] for name in ("bad", "no")], ["error", "error"])
        assert "index a number value" in found["bad"]["evalue"], found
        check(run("_"), ("ok", [("execute_result", {"text/plain": "true"})]))

        # What a child prints after its cell comes when it is printed, and blocks nobody.
        run("os.execute('(sleep 1; echo late; head -c 300000 /dev/zero | tr \\\\0 x; touch done) &')")
        late, begun = "", time.time()
        while len(late) < 300_005 and time.time() < begun + 20:
            try:
                message = client.get_iopub_msg(timeout=1)
            except queue.Empty:
                continue
            if message["msg_type"] == "stream":
                late += message["content"]["text"]
        check((late[:5], len(late)), ("late\n", 300_005))
        while not os.path.exists("done") and time.time() < begun + 20:
            time.sleep(0.05)
        assert os.path.exists("done")

        def ask(kind, **content):
            message = client.session.msg(kind, content)
            client.shell_channel.send(message)
            return message["header"]["msg_id"]

        # The cells so far.
        def history(**options):
            client.history(raw=True, output=False, **options)
            return [tuple(entry) for entry in client.get_shell_msg(timeout=30)["content"]["history"]]
        check(history(hist_access_type="range", session=0, start=1, stop=3),
              [(1, 1, "6 * 7"), (1, 2, "_1 + 1, 'é'")])
        check(history(hist_access_type="tail", n=1)[0][2][:10], "os.execute")
        check([entry[2] for entry in history(hist_access_type="search", pattern="hid*", n=5)], ["hidden"])
        assert "'lost'" not in [entry[2] for entry in history(hist_access_type="tail", n=1000)]

        # Nobody is there for a comm.
        ask("comm_open", comm_id="c1", target_name="jupyter.widget", data={})
        while (message := client.get_iopub_msg(timeout=30))["msg_type"] != "comm_close":
            pass
        check(message["content"]["comm_id"], "c1")
        ask("comm_msg", comm_id="c1", data={})
        check(run("for i = 1, 1e5 do print(i) end")[1][0][1].count("\n"), 100_000)
        for code in "while true do end", "io.popen('sleep 60'):read('a') while true do end":
            threading.Timer(0.5, manager.interrupt_kernel).start()
            status, outputs = run(code)
            check((status, outputs[0][1][-12:]), ("error", "interrupted!"))
        check(run("$ sleep 0; echo as before"), ("ok", [("stdout", "as before\n")]))
        found = client.complete("é = lai.los", 11, reply=True, timeout=30)["content"]
        check((found["matches"], found["cursor_start"], found["cursor_end"]), (["loss"], 8, 11))
        found = client.inspect("lai.loss.mse()", 10, reply=True, timeout=30)["content"]
        assert found["found"] and "Mean squared error" in found["data"]["text/plain"], found
        client.is_complete("for i = 1, 2 do")
        found = client.get_shell_msg(timeout=30)["content"]
        check((found["status"], found["indent"]), ("incomplete", "  "))
        for code, wanted in ("x = = 1", "invalid"), ("x = 1", "complete"):
            client.is_complete(code)
            check(client.get_shell_msg(timeout=30)["content"]["status"], wanted)
        status, outputs = run("os.exit(3)")
        assert status == "error" and "lai has ended (status 3)" in outputs[0][1], outputs
        check(run("hidden"), ("ok", [("execute_result", {"text/plain": "nil"})]))
        run("hidden = 1")
        manager.restart_kernel(now=False)
        client.wait_for_ready(timeout=30)
        check(run("hidden"), ("ok", [("execute_result", {"text/plain": "nil"})]))
        client.execute("while true do end")
    finally:
        manager.shutdown_kernel()
    print("all as expected")
    """#
}
