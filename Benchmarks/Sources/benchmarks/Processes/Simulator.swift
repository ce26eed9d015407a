// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A running connect-simulator. It uses plain HTTP, so that TLS is not measured.
final class Simulator {
    let child: Child
    let cookieFile: String
    private let addresses: [String: Any]
    private let control: HTTPConnection

    init(_ executable: String, in stage: Stage) throws {
        let cookies = stage.path("cookies")
        let child = try Child(executable, ["--cookies-out", cookies], in: stage.folder)
        try child.wait(for: "first line of connect-simulator") { child.output.contains("\n") }
        let line = Data(child.output.utf8.prefix { $0 != UInt8(ascii: "\n") })
        addresses = try JSONSerialization.jsonObject(with: line) as? [String: Any] ?? [:]
        control = try HTTPConnection(addresses["control"] as? String ?? "")
        self.child = child
        cookieFile = cookies
    }

    var base: String { addresses["base"] as? String ?? "" }

    /// Environment variables for a daemon that uses this simulator.
    var environment: [String: String] {
        [
            "PARTYLINE_SESSION_SOURCE": "authorize", "PARTYLINE_SESSION_BASE_URL": base,
            "PARTYLINE_SESSION_COOKIE_FILE": cookieFile, "PARTYLINE_WEB_SOCKET_ALLOW_PLAIN_LOOPBACK": "true",
        ]
    }

    // MARK: The control API

    /// Requests a state of the agent. `finishChange` waits for the answer.
    func beginChange(to state: AgentState) throws {
        let body: [String: Any] = ["operation": "PutAgentState", "input": ["state": state.json]]
        try control.send("POST", "/agent", json: body)
    }

    func finishChange() throws { _ = try control.answer() }

    /// The number of requests that the service has received.
    func requestCount() throws -> Int {
        try control.exchange("GET", "/counts").json.values.compactMap { $0 as? Int }.reduce(0, +)
    }

    // MARK: The service

    /// A direct client of the service, with a new access token.
    func service() throws -> Service {
        let jar = Machine.text(cookieFile).split(separator: "\n").last { !$0.hasPrefix("#") }
        let fields = jar?.split(separator: "\t", omittingEmptySubsequences: false) ?? []
        guard fields.count == 7 else { throw Failure("the simulator's cookie jar cannot be read") }
        let connection = try HTTPConnection(base)
        let answer = try connection.exchange(
            "GET", "/connect/auth/authorize", headers: ["Cookie": "\(fields[5])=\(fields[6])"]
        ).json
        guard let token = answer["accessToken"] as? String else { throw Failure("the simulator returned no token") }
        return Service(connection: connection, token: token)
    }
}

/// The states that the measures alternate between.
enum AgentState: String {
    case lunch = "Lunch"
    case training = "Training"

    var other: AgentState { self == .lunch ? .training : .lunch }
    var json: [String: Any] { ["name": rawValue, "type": "not_routable"] }
}

/// A client of Amazon Connect's CTI service.
struct Service {
    let connection: HTTPConnection
    let token: String

    func call(_ operation: String, _ input: [String: Any] = [:]) throws -> [String: Any] {
        try send(operation, input)
        return try connection.answer().json
    }

    /// Sends a request. `connection.answer()` waits for the answer.
    func send(_ operation: String, _ input: [String: Any] = [:]) throws {
        let headers = [
            "X-Amz-Target": "AmazonConnectCTIService.\(operation)", "X-Amz-Bearer": token,
            "Content-Type": "application/x-amz-json-1.0",
        ]
        let body = input.merging(["authentication": ["authToken": token]]) { $1 }
        try connection.send("POST", "/connect/api/", headers: headers, json: body)
    }
}
