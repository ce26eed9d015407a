// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

/// A `CallKeeper` in virtual time. Renders each of its steps as a short line, which tests compare.
final class CallHarness {
    var keeper: CallKeeper
    private(set) var uptime: Int64 = 0
    /// The event log's position. Every agent counts as one line of it.
    private(set) var position = 0
    private(set) var timers: [UInt64: Int64] = [:]

    init(limits: KeyBook.Limits = KeyBook.Limits()) { keeper = CallKeeper(limits: limits) }

    var now: Moment { Moment(wall: 1_735_732_800_000 + uptime, uptime: uptime) }

    @discardableResult
    func handle(_ event: CallKeeper.Event) -> [CallKeeper.Step] {
        if case .agent = event { position += 1 }
        let steps = keeper.handle(event, at: now, clock: "e:\(position)")
        for step in steps {
            switch step {
            case .schedule(let number, let wait):
                #expect(timers[number] == nil, "timer \(number) was set twice")
                timers[number] = uptime + wait
            case .unschedule(let number):
                #expect(timers[number] != nil, "timer \(number) was not set")
                timers[number] = nil
            default: break
            }
        }
        return steps
    }

    /// Advances the clock. Timers that are due fire in order.
    @discardableResult
    func advance(_ milliseconds: Int64) -> [CallKeeper.Step] {
        let end = uptime + milliseconds
        var steps: [CallKeeper.Step] = []
        while let timer = timers.min(by: { ($0.value, $0.key) < ($1.value, $1.key) }), timer.value <= end {
            timers[timer.key] = nil
            uptime = timer.value
            steps += handle(.deadline(timer.key))
        }
        uptime = end
        return steps
    }

    /// True if no call, waiter or timer is left.
    var isIdle: Bool { keeper.calls.isEmpty && keeper.waiters.isEmpty && timers.isEmpty }

    // MARK: Events, as lines

    /// Handles a request of port 1 with the request id "r".
    func ask(
        _ method: String = "holdConnection", _ params: String = #"{"contactId":"c","connectionId":"k"}"#,
        port: UInt64 = 1, uid: UInt32 = 1000, confirm: Bool = false, deadline: Int64 = 10_000, key: String? = nil
    ) throws -> [String] {
        let request = CallKeeper.Request(
            port: PortID(number: port), requestId: RawJSON("r"), uid: uid, method: method,
            params: try JSON(parsing: params), isConfirmed: confirm, deadline: deadline, key: key)
        return Self.lines(handle(.asked(request)))
    }

    func answer(_ number: UInt64, data: JSON = [:], error: CallOutcome.Failure? = nil) -> [String] {
        Self.lines(handle(.answered(number, error.map { .failure($0) } ?? .success(data))))
    }

    func update(_ agent: AgentData) -> [String] { Self.lines(handle(.agent(agent))) }

    func synced(_ number: UInt64, _ error: ProtocolError? = nil) -> [String] {
        Self.lines(handle(.synced(number, error)))
    }

    func close(_ port: UInt64) -> [String] { Self.lines(handle(.closed(PortID(number: port)))) }

    func wait(_ milliseconds: Int64) -> [String] { Self.lines(advance(milliseconds)) }

    static func lines(_ steps: [CallKeeper.Step]) -> [String] { steps.map(line) }

    private static func line(_ step: CallKeeper.Step) -> String {
        switch step {
        case .call(let number, let port, let method, _): "call \(number) p\(port.number) \(method)"
        case .sync(let number): "sync \(number)"
        case .schedule(let number, let wait): "schedule \(number) \(wait)"
        case .unschedule(let number): "unschedule \(number)"
        case .respond(let port, _, .data(let data)): "p\(port.number) \(data.text)"
        case .respond(let port, _, .encoded(let data)): "p\(port.number) \(data.value.text)"
        case .respond(let port, _, .error(let error)):
            "p\(port.number) \(error.code.rawValue)\(error.retryable ? " (retryable)" : ""): \(error.message)"
        case .log(let level, let text, let fields):
            "\(level) \(text)" + fields.sorted { $0.key < $1.key }.map { "; \($0.key): \($0.value)" }.joined()
        }
    }

    static func error(_ type: String, _ message: String?, _ status: Int) -> CallOutcome.Failure {
        .service(ServiceError(type: type, message: message, status: status))
    }

    static let networkError = CallOutcome.Failure.service(.networking)
    static let refusal = error("InvalidStateException", "cannot hold", 400)
    /// Failures after which the call certainly was not carried out.
    static let refusals: [CallOutcome.Failure] = [
        refusal, .noMethod, .unknownMethod("x"), .terminated(method: "x"), .noSession(.noToken),
        .tooMany(limit: 256), .parameters(ServiceError(type: "MissingRequiredParameter", message: "m")),
        error("ThrottlingException", nil, 400), error("AccessDeniedException", nil, 403),
        .plain(ServiceError(type: "x", message: nil, status: 404), json: [:]),
    ]
    /// Failures after which the call may have been carried out.
    static let doubts: [CallOutcome.Failure] = [
        networkError, error("InternalFailure", "?", 500), error("UnknownError", nil, 408),
        .garbled(ServiceError(type: "SyntaxError", message: "?", status: 200)), .plain(.networking, json: [:]),
        .plain(ServiceError(type: "x", message: nil, status: 502), json: [:]),
    ]
}

/// Agents and contacts as they appear in snapshots.
enum Shown {
    static func agent(
        state: String = "Available", next: String? = nil, contacts: String = "", configuration: String = "{}"
    ) throws -> AgentData {
        let next = next.map { #"{"name":"\#($0)","agentStateARN":"arn:\#($0)"}"# } ?? "null"
        let state = #"{"name":"\#(state)","agentStateARN":"arn:\#(state)"}"#
        let text =
            #"{"snapshot":{"state":\#(state),"nextState":\#(next),"contacts":[\#(contacts)]},"#
            + #""configuration":\#(configuration)}"#
        return try #require(AgentData(json: try JSON(parsing: text)))
    }

    /// A contact with the agent's connection "a", the customer's "k", and `more` connections.
    static func contact(
        _ state: String, agent: String = "connected", customer: String = "connected", more: String = "",
        id: String = "c", type: String = "inbound", flags: String = #","mute":false"#
    ) -> String {
        #"{"contactId":"\#(id)","type":"voice","state":{"type":"\#(state)"},"connections":["#
            + leg("a", "agent", agent, flags: flags) + ","
            + leg("k", type, customer, flags: flags + #","initial":true"#) + more + "]}"
    }

    static func leg(_ id: String, _ type: String, _ state: String, flags: String = "") -> String {
        #"{"connectionId":"\#(id)","type":"\#(type)","state":{"type":"\#(state)"}\#(flags)}"#
    }
}
