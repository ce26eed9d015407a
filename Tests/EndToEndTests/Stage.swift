// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import Foundation
import FoundationNetworking
import Glibc
import StreamsProtocol
import Testing

/// Real binaries in a temporary folder: a simulator and a daemon. All end with this object.
final class Stage {
    let folder: String
    private(set) var simulator: Program?
    private(set) var daemon: Program?
    private var ready: JSON = [:]

    init() throws {
        // The path is short because a socket's path is limited to 107 bytes.
        folder = "/tmp/partyline-e2e-\(String(UInt32.random(in: 0...UInt32.max), radix: 36))"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    }

    deinit {
        daemon?.kill(SIGKILL)
        simulator?.kill(SIGKILL)
        try? FileManager.default.removeItem(atPath: folder)
    }

    var socket: String { "\(folder)/p.sock" }
    var cookies: String { "\(folder)/cookies" }
    var base: String { ready["base"]?.string ?? "" }

    /// Host and port of the simulator's websocket.
    var webSocketAuthority: String {
        get throws {
            let url = try #require(ready["websocket"]?.string)
            return String(url.dropFirst("wss://".count).prefix { $0 != "/" })
        }
    }

    // MARK: Programs

    func startSimulator(usesTLS: Bool = true, _ arguments: String...) throws {
        try startSimulator(usesTLS: usesTLS, arguments)
    }

    func startSimulator(usesTLS: Bool = true, _ arguments: [String]) throws {
        let tls = usesTLS ? ["--tls", "--ca-out", "\(folder)/ca.pem"] : []
        let program = try Program(
            "connect-simulator", tls + ["--cookies-out", cookies] + arguments, folder: folder)
        simulator = program
        ready = try JSON(parsing: try #require(try program.firstLine(), "the simulator did not get ready"))
    }

    /// Starts a daemon that authorizes by itself. Its long timers run fifty times as fast.
    ///
    /// - Parameter fileSizeLimit: the largest file that it may write, which stands for a full disk.
    func startDaemon(
        _ arguments: [String] = [], environment: [String: String] = [:], fileSizeLimit: Int? = nil
    ) throws {
        var settings = [
            "PARTYLINE_SESSION_SOURCE": "authorize", "PARTYLINE_SESSION_BASE_URL": base,
            "PARTYLINE_SESSION_COOKIE_FILE": cookies, "PARTYLINE_TLS_TRUST_ROOTS": "\(folder)/ca.pem",
            "PARTYLINE_TIMERS_SCALE": "0.02", "PARTYLINE_TIMERS_SCALE_FROM": "5000", "PARTYLINE_LOG_LEVEL": "debug",
        ]
        settings.merge(environment) { $1 }
        let arguments = ["--socket", socket] + arguments
        if let limit = fileSizeLimit {
            daemon = try Program(
                "partylined", ["--fsize=\(limit)", Program.binary("partylined").path] + arguments,
                environment: settings, folder: folder, executable: URL(filePath: "/usr/bin/prlimit"))
        } else {
            daemon = try Program("partylined", arguments, environment: settings, folder: folder)
        }
        try waitForSocket()
    }

    /// The settings for a simulator without TLS.
    static let withoutTLS = ["PARTYLINE_TLS_TRUST_ROOTS": "", "PARTYLINE_WEB_SOCKET_ALLOW_PLAIN_LOOPBACK": "true"]

    /// Signs in at the sign-in page of a simulator without TLS. Returns the cookies as a cookie file.
    func signIn(_ username: String = "robin", _ password: String = "streams") throws -> String {
        var request = URLRequest(url: try #require(URL(string: "\(base)/login")), timeoutInterval: 10)
        request.httpMethod = "POST"
        request.httpBody = Data("username=\(username)&password=\(password)".utf8)
        let (response, _) = try HTTP.response(to: request)
        let header = try #require(response.value(forHTTPHeaderField: "Set-Cookie"))
        let pair = header.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1)
        return "127.0.0.1\tFALSE\t/\tFALSE\t0\t\(pair.joined(separator: "\t"))\n"
    }

    func startBoth() throws {
        try startSimulator()
        try startDaemon()
    }

    func waitForSocket() throws {
        try eventually("the daemon listens") { (try? LineConnection(path: self.socket)) != nil }
    }

    /// The daemon's standard error.
    var daemonLog: String { daemon?.errors ?? "" }

    // MARK: The simulator's control API

    @discardableResult
    func control(_ path: String, _ body: JSON? = nil) throws -> JSON { try exchange("POST", path, body) }

    /// Reads from the control API.
    func state(_ path: String) throws -> JSON { try exchange("GET", path, nil) }

    /// Removes all faults.
    func clearFaults() throws { _ = try exchange("DELETE", "/faults", nil) }

    private func exchange(_ method: String, _ path: String, _ body: JSON?) throws -> JSON {
        let root = try #require(ready["control"]?.string)
        var request = URLRequest(url: try #require(URL(string: root + path)), timeoutInterval: 10)
        request.httpMethod = method
        if let body {
            request.httpBody = Data(body.encoded)
            request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        }
        let (status, data) = try HTTP.exchange(request)
        try #require(
            (200..<300).contains(status), "\(method) \(path): \(status) \(String(decoding: data, as: UTF8.self))")
        return data.isEmpty ? .null : try JSON(parsing: Array(data))
    }

    /// The number of requests for an operation that the simulator has received.
    func count(of operation: String) throws -> Int {
        let counts = try state("/counts")
        return (counts[operation] ?? counts["counts"]?[operation])?.int ?? 0
    }

    // MARK: Clients

    func client() throws -> Client { try Client(path: socket) }

    /// A client, returned after the agent is known and the websocket is open.
    func readyClient() throws -> Client {
        let client = try client()
        try client.wait(for: EventName.agentUpdate)
        try eventually("the websocket is open") {
            try client.connection.request("getStatus")["webSocket"]?["state"]?.string == "open"
        }
        return client
    }
}

/// Blocking requests with URLSession.
enum HTTP {
    private final class Box: @unchecked Sendable {
        // Written once by the session's thread before the semaphore is signalled, and read after the wait.
        var result: (response: HTTPURLResponse, data: Data)?
        var error: (any Error)?
    }

    static func exchange(_ request: URLRequest) throws -> (Int, Data) {
        let (response, data) = try self.response(to: request)
        return (response.statusCode, data)
    }

    static func response(to request: URLRequest) throws -> (HTTPURLResponse, Data) {
        let box = Box()
        let done = DispatchSemaphore(value: 0)
        URLSession.shared.dataTask(with: request) { data, response, error in
            box.error = error
            if let response = response as? HTTPURLResponse { box.result = (response, data ?? Data()) }
            done.signal()
        }.resume()
        done.wait()
        if let error = box.error { throw error }
        return try #require(box.result)
    }
}

/// Polls until the condition holds; fails the test after `seconds`.
func eventually(
    _ what: String, seconds: Double = 10, sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () throws -> Bool
) throws {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < deadline {
        if try condition() { return }
        usleep(20_000)
    }
    try #require(Bool(false), "within \(seconds) s: \(what)", sourceLocation: sourceLocation)
}
