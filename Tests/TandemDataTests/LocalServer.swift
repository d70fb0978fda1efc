import CTandem
import Glibc

/// A web server on 127.0.0.1, at a port that the system chooses, in a Python process that is ended
/// with this object. Its paths decide how it behaves; see the script.
final class LocalServer {
  let process: pid_t
  let port: Int
  /// What the server prints; open as long as it lives, since it fails when it cannot print.
  private let output: Int32
  private var isStopped = false

  /// The script of ``LocalServer``: every folder below the root is a way to behave, and every
  /// request is noted with its range in `requests.log` in the root.
  static let script = #"""
    import http.server, os, socketserver, sys, threading

    root = sys.argv[1]

    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *arguments):
            pass

        def do_GET(self):
            wanted = self.headers.get("Range")
            with open(os.path.join(root, "requests.log"), "a") as log:
                log.write(f"{self.path} {wanted}\n")
            way, name = self.path.strip("/").split("/")
            if way == "hang":
                threading.Event().wait()
            if way == "redirect":
                self.send_response(302)
                self.send_header("Location", "/whole/" + name)
                self.end_headers()
                return
            try:
                body = open(os.path.join(root, name), "rb").read()
            except OSError:
                self.send_error(404)
                return
            if way == "wrong":
                body = bytes(255 - b for b in body)
            if way == "long":
                self.send_response(200)
                self.end_headers()
                try:
                    while True:
                        self.wfile.write(body)
                except OSError:
                    return
            start = int(wanted.split("=")[1].split("-")[0]) if wanted else 0
            if wanted and start >= len(body):
                self.send_response(416)
                self.end_headers()
                return
            self.send_response(206 if wanted else 200)
            if wanted:
                self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
            self.send_header("Content-Length", str(len(body) - start))
            self.end_headers()
            # A torn answer stops after a third of the file.
            stop = start + len(body) // 3 if way == "torn" else len(body)
            self.wfile.write(body[start:stop])

    class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
        daemon_threads = True

    server = Server(("127.0.0.1", 0), Handler)
    print(f"port {server.server_address[1]}", flush=True)
    server.serve_forever()
    """#

  /// Serves the files of a folder as the script describes.
  convenience init(root: String) {
    self.init(arguments: ["python3", "-c", LocalServer.script, root])
  }

  /// Serves a folder with Python's own `http.server`, which does not know ranges.
  convenience init(plainRoot root: String) {
    self.init(arguments: ["python3", "-u", "-m", "http.server", "-b", "127.0.0.1", "-d", root, "0"])
  }

  /// Proxies of the environment must not stand between a test and its own server.
  private static let withoutProxy: Void = { setenv("no_proxy", "127.0.0.1", 1) }()

  private init(arguments: [String]) {
    LocalServer.withoutProxy
    let copies = arguments.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    var output: Int32 = -1
    process = pid_t(tandem_process_start(copies.map { UnsafePointer($0) } + [nil], &output))
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while read(output, &byte, 1) == 1, byte != UInt8(ascii: "\n") { line.append(byte) }
    // `port 1234`, or `Serving HTTP on 127.0.0.1 port 1234 (…`.
    let words = String(decoding: line, as: UTF8.self).split(separator: " ")
    let place = words.firstIndex(of: "port")
    port = place.flatMap { Int(words[$0 + 1]) } ?? 0
    self.output = output
  }

  /// Ends the server; afterwards its port refuses connections.
  func stop() {
    guard !isStopped else { return }
    isStopped = true
    kill(process, SIGKILL)
    waitpid(process, nil, 0)
  }

  deinit {
    stop()
    close(output)
  }

  /// The address of a folder of the server.
  func url(_ way: String) -> String { "http://127.0.0.1:\(port)/\(way)" }
}
