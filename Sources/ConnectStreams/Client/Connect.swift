// SPDX-License-Identifier: Apache-2.0
public import AgentModel
import Glibc
import StreamsProtocol
import Synchronization

/// A client of the daemon: one connection that hears events, asks, connects again and resumes by itself.
///
/// ```swift
/// let connect = try Connect()
/// try await connect.start()
/// let agent = try await connect.agent()
/// for try await event in connect.onContact { print(event.contact.contactId) }
/// ```
///
/// It works on a thread of its own; no method blocks. It ends with ``close()``, or when neither it nor one of its objects is
/// used any more.
public final class Connect: Sendable {
    /// The path of the daemon's socket.
    public let path: String
    public let settings: ConnectSettings

    let hub = EventHub()
    private let mailbox: Mailbox
    let state: SharedState

    /// A client of the daemon at that path; by default the one that `partyline socket-path` prints.
    ///
    /// Throws a `ValueError` if there is no default, because neither `PARTYLINE_SOCKET` nor `XDG_RUNTIME_DIR` is set, and a
    /// `ConnectionError` if the process has no descriptor left.
    public init(path: String? = nil, settings: ConnectSettings = ConnectSettings()) throws {
        guard let path = path ?? Self.defaultPath else {
            throw ValueError("no path of the daemon's socket: neither PARTYLINE_SOCKET nor XDG_RUNTIME_DIR is set")
        }
        self.path = path
        self.settings = settings
        mailbox = try Mailbox()
        state = SharedState()
    }

    deinit { mailbox.put(.close) }

    private static var defaultPath: String? {
        var environment: [String: String] = [:]
        for name in ["PARTYLINE_SOCKET", "XDG_RUNTIME_DIR"] {
            environment[name] = getenv(name).map { String(cString: $0) }
        }
        return SocketPath.resolve(explicit: nil, instance: nil, environment: environment)
    }

    // MARK: Beginning and end

    /// Connects. Returns when the daemon has accepted the subscription; from then on the client connects again whenever the
    /// connection is lost.
    ///
    /// Throws `RequestFailure.failed` if the first connection fails and the settings do not say to wait: the client has ended then,
    /// and another try needs another client. Throws `RequestFailure.closed` after ``close()``.
    public func start() async throws {
        if state.begins() {
            // The thread must not keep the client alive: it ends with it.
            let (hub, state) = (hub, state)
            let outlet = ClientThread.Outlet(
                answer: { state.answer($0, $1) },
                deliver: { update in state.note(update) { hub.deliver(update) } },
                refresh: { state.refresh($0) },
                fail: { failure in
                    state.end(failure)
                    hub.end(failure)
                })
            do throws(ConnectionError) { try ClientThread.start(path: path, settings, mailbox, outlet) } catch {
                outlet.fail(.connection(error))
            }
        }
        try await state.wait(until: \.isLive)
    }

    /// Ends the connection. Every sequence of events ends. A request that was sent fails with `RequestFailure.connectionLost`,
    /// a later one with `RequestFailure.closed`.
    public func close() {
        if state.begins() {
            state.end(nil)
            hub.end(nil)
        }
        mailbox.put(.close)
    }

    /// True while the connection exists and its events are up to date.
    public var isLive: Bool { state.knowledge.isLive }

    // MARK: Data

    /// The newest data of the agent, as the last `agent::update` had them.
    func data() throws(StateError) -> AgentData {
        guard let agent = state.knowledge.agent else { throw .noAgent }
        return agent
    }

    /// Returns as soon as the agent is known: at once, or with the first data after a sign-in (Streams' `connect.agent`).
    ///
    /// Throws a `RequestFailure` if the client ends before that, or if the task is cancelled.
    public func agent() async throws -> Agent {
        try await state.wait { $0.agent != nil }
        return Agent(connect: self)
    }

    /// A contact by its id. Nothing is checked: reading from a contact that does not exist throws a `StateError`.
    public func contact(_ contactId: String) -> Contact { Contact(contactId: contactId, connect: self) }

    /// What passes by as events and is kept (`getSeat`): `{event, data, time}` by name, for example `mute`.
    public var seat: JSONObject { state.knowledge.seat }

    // MARK: Requests

    /// Sends a request to the daemon (`getStatus`, `sync`, `call`), and returns the `data` of its answer.
    ///
    /// Throws a `RequestFailure`, and a `ValueError` for `subscribe` and `unsubscribe`: the client keeps a subscription of its
    /// own. A request waits for a connection that is being made again; if the connection is lost after it was sent, it is not
    /// repeated.
    @discardableResult public func request(
        _ method: String, _ params: JSON = [:], timeout: Duration? = nil
    ) async throws -> JSON {
        guard !["subscribe", "unsubscribe"].contains(method) else {
            throw ValueError(
                "\(method) would end the client's own subscription; use events(_:) and ConnectSettings.events")
        }
        return try await ask(.request(method: method, params: params), timeout)
    }

    /// Calls an operation of the service, such as `acceptContact`, at most once.
    ///
    /// - Parameters:
    ///   - operation: its name, as `partyline describe` lists it.
    ///   - params: its members.
    ///   - confirms: true to wait for a snapshot that shows the effect; by default as the settings say.
    ///   - key: two calls with one key are made once.
    ///   - timeout: nil as the settings say.
    /// - Returns: the answer of the daemon's `call`: `{status, data, clock, contactId?}`.
    /// - Throws: a `RequestFailure`.
    @discardableResult public func call(
        _ operation: String, _ params: JSON = [:], confirms: Bool? = nil, key: String? = nil, timeout: Duration? = nil
    ) async throws -> JSON {
        let limit = timeout ?? settings.requestTimeout
        var request = JSONObject([
            ("method", .string(operation)), ("params", params),
            ("deadlineMs", .int(min(max(limit.milliseconds, 1), 600_000))),
        ])
        if confirms ?? settings.confirmsActions { request["confirm"] = true }
        request["idempotencyKey"] = key.map(JSON.string)
        // The daemon keeps the deadline. The client's own is for a daemon that does not answer at all.
        return try await ask(
            .request(method: "call", params: .object(request)), limit + .seconds(2))
    }

    /// Sends an event to every client, this one included (Streams' `sendUpstream(BROADCAST, …)`).
    ///
    /// Throws `RequestFailure.refused` if the role does not allow it, or the name is not free.
    public func broadcast(_ event: String, _ data: JSON? = nil) async throws {
        var message = JSONObject([("event", .string(event))])
        message["data"] = data
        try await send(EventName.broadcast, .object(message))
    }

    /// Sends a broadcast without waiting for its acceptance. It is dropped if there is no connection.
    func cast(_ event: String, _ data: JSON) {
        cast(line: EventName.broadcast, ["event": .string(event), "data": data])
    }

    /// Sends a line without waiting for its acceptance. It is dropped if there is no connection.
    func cast(line event: String, _ data: JSON) { mailbox.put(.cast(event: event, data: data)) }

    /// Sends an event to the daemon (Streams' `sendUpstream`), and returns when it has been handled.
    ///
    /// Throws `RequestFailure.refused` if the daemon rejects it.
    public func send(_ event: String, _ data: JSON? = nil) async throws {
        _ = try await ask(.line(event: event, data: data), nil)
    }

    private func ask(_ kind: ClientMachine.Question.Kind, _ timeout: Duration?) async throws -> JSON {
        guard !Task.isCancelled else { throw RequestFailure.cancelled }
        let id = state.nextQuestion()
        let question = ClientMachine.Question(
            id: id, kind: kind, deadline: .now + (timeout ?? settings.requestTimeout))
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                guard state.await(id, continuation) else { return }
                mailbox.put(.ask(question))
                // The handler below may have run before the question was put.
                if Task.isCancelled { mailbox.put(.withdraw(id)) }
            }
        } onCancel: {
            mailbox.put(.withdraw(id))
        }
    }

    // MARK: Events

    /// The daemon's events that match one of the patterns, as in ``Subscription/patterns``, of those that
    /// ``ConnectSettings/events`` asks for.
    public func events(_ patterns: String...) throws -> Events<StreamEvent> {
        let wanted = try patterns.map { pattern in
            do { return try EventPattern(pattern) } catch {
                throw ValueError("\(pattern) is not a pattern of events: \(error)")
            }
        }
        // The closure holds the client: a client ends when it is no longer referenced, and this sequence still needs it.
        return hub.events(limit: settings.unreadEvents) { [self] update in
            guard case .event(let event) = withExtendedLifetime(self, { update }),
                wanted.contains(where: { $0.matches(event.name, contactId: event.contactId ?? "") })
            else { return nil }
            return event
        }
    }

    /// What happens to the connection: subscribed (at first, and after each `gone`), lagged, gone.
    public var onConnection: Events<EventStream.Update> {
        hub.events(limit: settings.unreadEvents) { [self] update in
            if case .event = withExtendedLifetime(self, { update }) { return nil }
            return update
        }
    }

    /// Elements made from the event with that name.
    func events<Element: Sendable>(
        named name: String, contact: Contact? = nil, _ make: @escaping @Sendable (StreamEvent) -> Element?
    ) -> Events<Element> {
        hub.events(limit: settings.unreadEvents, contactId: contact?.contactId, wasThere: contact?.wasThere ?? false) {
            [self] update in
            guard case .event(let event) = withExtendedLifetime(self, { update }), event.name == name,
                contact == nil || event.contactId == contact?.contactId
            else { return nil }
            return make(event)
        }
    }
}

extension Duration {
    /// Rounded down, within ±100 years.
    package var milliseconds: Int {
        let century: Int64 = 3_155_760_000
        let (seconds, attoseconds) = components
        return Int(min(max(seconds, -century), century)) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
    }
}
