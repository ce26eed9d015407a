// SPDX-License-Identifier: Apache-2.0
import Logging

/// Runs the pure instance: supplies the time, suspends long polls until the snapshot changes, carries out effects.
actor InstanceHost {
    /// The upper limit of a long poll's timeout.
    static let longestPoll = Duration.seconds(30)

    private var instance: SimulatedInstance
    private let clock: VirtualClock
    private let logger: Logger
    private let perform: @Sendable (Effect) -> Void
    private var requests = RequestLog()
    private var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
    private var nextWaiter = 0
    private var timer: Task<Void, Never>?
    private var seenVersion: Int
    private var watchers: [Int: AsyncStream<InstanceEvent>.Continuation] = [:]
    private var nextWatcher = 0

    init(
        instance: SimulatedInstance, clock: VirtualClock, logger: Logger, perform: @escaping @Sendable (Effect) -> Void
    ) {
        self.instance = instance
        self.clock = clock
        self.logger = logger
        self.perform = perform
        seenVersion = instance.version
    }

    var addresses: SimulatedInstance.Addresses { instance.addresses }

    func setAddresses(_ addresses: SimulatedInstance.Addresses) { instance.addresses = addresses }

    // MARK: The CTI service

    func handle(_ operation: String, _ input: JSON) -> Result<JSON, ServiceFault> {
        let result = instance.handle(operation, input, now: clock.now)
        followUp()
        log(operation, result)
        return result
    }

    private func log(_ operation: String, _ result: Result<JSON, ServiceFault>) {
        guard case .failure(let fault) = result else { return }
        logger.info(
            "request refused", metadata: ["operation": "\(operation)", "why": "\(fault.code): \(fault.message)"])
    }

    /// getAgentSnapshot: answers at once if the request's `nextToken` is not the current one, else when the snapshot
    /// changes or the timeout expires (`timeout` in the request, milliseconds of real time).
    func poll(_ input: JSON) async -> Result<JSON, ServiceFault> {
        let timeout = Duration.milliseconds(min(max(input["timeout"]?.integer ?? 0, 0), 3_600_000))
        let end = ContinuousClock.now.advanced(by: min(timeout, Self.longestPoll))
        var answer = handle("GetAgentSnapshot", input)
        while input["nextToken"]?.string == instance.snapshotToken, ContinuousClock.now < end, !Task.isCancelled {
            guard await waitForChange(until: end) else { break }
            answer = handle("GetAgentSnapshot", input)
        }
        return answer
    }

    /// - Returns: false if polls are cancelled because the listener goes down.
    private func waitForChange(until end: ContinuousClock.Instant) async -> Bool {
        let id = nextWaiter
        nextWaiter += 1
        let timeout = Task {
            try? await Task.sleep(until: end)
            release(id)
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiters[id] = $0 }
        } onCancel: {
            Task { await release(id) }
        }
        timeout.cancel()
        return !arePollsCancelled
    }

    private var arePollsCancelled = false

    private func release(_ id: Int) { waiters.removeValue(forKey: id)?.resume() }

    /// Makes every long poll answer now, and later ones answer at once until `allowPolls`.
    func cancelPolls() {
        arePollsCancelled = true
        releaseAll()
    }

    func allowPolls() { arePollsCancelled = false }

    private func releaseAll() {
        let all = waiters.values
        waiters = [:]
        for waiter in all { waiter.resume() }
    }

    // MARK: The other services

    func handle(_ call: SideCall, of service: SideService) -> Result<JSON, ServiceFault> {
        let result = instance.handle(call, now: clock.now)
        followUp()
        log(service.rawValue, result)
        return result
    }

    /// Agent discovery's answer: the active instance, or a fault if the signature is not valid.
    func activeInstance(signature: String?) -> Result<JSON, ServiceFault> {
        instance.advance(to: clock.now)
        guard instance.credentials.isValid(signature: signature, at: instance.now) else {
            return .failure(.accessDenied("the signature is missing, unknown or has expired"))
        }
        return .success(instance.failover.json)
    }

    // MARK: Control

    func control(_ step: ControlStep, named action: String) throws(ControlError) -> ControlOutcome {
        defer { followUp() }
        let outcome = try instance.control(step, now: clock.now)
        tell("step", JSON.object(outcome.members).adding(step.subject).adding(["do": .string(action)]))
        return outcome
    }

    /// The body of GET /state. It contains no secrets.
    func state(websockets: JSON) -> JSON {
        instance.advance(to: clock.now)
        followUp()
        return [
            "snapshot": instance.snapshot, "configuration": instance.configuration,
            "version": .int(instance.version), "waiting": .array(instance.waiting.map { .string($0.id) }),
            "faults": .int(instance.faults.count),
            "sessions": .int(instance.credentials.sessionCount(at: instance.wallClock)),
            "validTokens": .int(instance.credentials.tokens.values.count { $0 > instance.wallClock }),
            "clockShiftSeconds": .double(instance.clockShift), "websockets": websockets,
            "activeInstanceArn": .string(instance.failover.activeARN), "isActive": .bool(instance.isActive),
            "account": instance.account.json,
            "screenSharing": .array(instance.sharedScreens.sorted().map(JSON.string)),
        ]
    }

    /// The body of GET /contacts: those of the snapshot, then those that wait for the agent or for their time.
    func contacts() -> JSON {
        instance.advance(to: clock.now)
        followUp()
        let offered = instance.snapshot["contacts"]?.array ?? []
        let waiting = (instance.waiting + instance.scheduled).map { contact -> JSON in
            [
                "contactId": .string(contact.id), "type": .string(contact.kind.rawValue), "state": "waiting",
                "queue": .optional(contact.queue?.name),
            ]
        }
        return .array(
            offered.map { contact in
                [
                    "contactId": contact["contactId"] ?? .null, "type": contact["type"] ?? .null,
                    "state": contact["state"]?["type"] ?? .null, "queue": contact["queue"]?["name"] ?? .null,
                ]
            } + waiting)
    }

    /// The body of GET /agents: this agent, and the one that it can transfer contacts to, listen to, or be supervised by.
    func agents() -> JSON {
        instance.advance(to: clock.now)
        followUp()
        let settings = instance.settings
        return [
            [
                "name": .string(settings.agentName), "username": .string(settings.username), "isThis": true,
                "state": .string(instance.agent.visible.state.name),
                "contacts": .array(instance.contacts.map { .string($0.id) }),
            ],
            [
                "name": .string(settings.otherAgent.name), "username": .string(settings.otherAgent.login),
                "isThis": false,
                "supervises": .array(
                    instance.contacts.filter { $0.connections.contains { $0.isSupervisor && $0.isLive } }.map {
                        .string($0.id)
                    }),
            ],
        ]
    }

    // MARK: What happens

    /// The events from now on; the first is the present snapshot.
    func watch() -> AsyncStream<InstanceEvent> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: InstanceEvent.self, bufferingPolicy: .bufferingNewest(1000))
        nextWatcher += 1
        let id = nextWatcher
        watchers[id] = continuation
        continuation.onTermination = { _ in Task { await self.unwatch(id) } }
        continuation.yield(snapshotEvent)
        return stream
    }

    private func unwatch(_ id: Int) { watchers[id] = nil }

    private func tell(_ name: String, _ data: JSON) {
        for watcher in watchers.values { watcher.yield(InstanceEvent(name: name, data: data)) }
    }

    private var snapshotEvent: InstanceEvent {
        let contacts = instance.contacts.map { contact -> JSON in
            [
                "contactId": .string(contact.id), "type": .string(contact.kind.rawValue),
                "state": .string(contact.state.rawValue),
            ]
        }
        return InstanceEvent(
            name: "snapshot",
            data: [
                "version": .int(instance.version), "state": .string(instance.agent.visible.state.name),
                "nextState": .optional(instance.agent.next?.state.name), "contacts": .array(contacts),
            ])
    }

    func takeFault(for operation: String) -> FaultRule? { instance.takeFault(for: operation) }

    // MARK: Requests

    func note(_ operation: String, call: String? = nil, body: JSON = .null, hasBearer: Bool = false) {
        requests.note(operation, call: call, body: body, hasBearer: hasBearer, at: clock.now)
        tell("request", ["operation": .string(operation), "call": .optional(call)])
    }

    func requests(of operation: String?) -> JSON { requests.json(operation: operation) }

    func counts() -> JSON { .object(requests.counts.mapValues(JSON.int)) }

    // MARK: Credentials

    func isValid(token: String?) -> Bool {
        instance.advance(to: clock.now)
        return instance.credentials.isValid(token: token, at: instance.wallClock)
    }

    func openSession() -> String {
        instance.advance(to: clock.now)
        return instance.credentials.openSession(at: instance.wallClock)
    }

    func closeSession(_ cookie: String) { instance.credentials.closeSession(cookie) }

    func isOpen(session: String) -> Bool {
        instance.advance(to: clock.now)
        return instance.credentials.isOpen(session: session, at: instance.wallClock)
    }

    /// The authorize endpoint's answer: a new access token, and a new cookie if cookies end.
    /// - Throws: a fault if the session is not signed in, or if the agent has no access.
    func authorize(
        session: String?
    ) throws(ServiceFault) -> (body: JSON, renewal: (cookie: String, seconds: Double)?) {
        guard let session, isOpen(session: session) else { throw .signedOut }
        guard hasAccess else { throw .noAccess }
        let issued = instance.credentials.issueToken(at: instance.wallClock)
        return (
            ["accessToken": .string(issued.token), "expiration": .string(isoTime(issued.expiration))],
            instance.credentials.renewCookie(at: instance.wallClock)
        )
    }

    /// - Returns: how long the websocket may live, seconds; nil if the ticket is unknown, used or expired.
    func redeem(ticket: String) -> Int? {
        instance.advance(to: clock.now)
        return instance.credentials.redeem(ticket: ticket, at: instance.now)
    }

    // MARK: The account and the identity provider

    /// Whether the agent may use the contact control panel.
    var hasAccess: Bool { instance.account.hasAccess }

    /// - Throws: a fault if the password is wrong or the account is locked.
    func enter(isRightPassword: Bool) throws(ServiceFault) {
        try instance.account.enter(isRightPassword: isRightPassword)
    }

    /// A new request for the identity provider.
    func issueSAMLRequest() -> SAMLMessage {
        instance.advance(to: clock.now)
        return instance.credentials.issueSAMLRequest(at: instance.now)
    }

    func isPending(_ request: SAMLMessage) -> Bool {
        instance.advance(to: clock.now)
        return instance.credentials.isPending(request, at: instance.now)
    }

    /// The identity provider's response; nil if the request is unknown, used or expired.
    func answer(_ request: SAMLMessage) -> SAMLMessage? {
        instance.advance(to: clock.now)
        return instance.credentials.answer(request, at: instance.now)
    }

    /// Opens a session.
    /// - Returns: its cookie value; nil if the response is unknown, used or expired.
    func redeem(_ response: SAMLMessage) -> String? {
        instance.advance(to: clock.now)
        guard instance.credentials.redeem(response, at: instance.now) else { return nil }
        return instance.credentials.openSession(at: instance.wallClock)
    }

    func openProviderSession() -> String {
        instance.advance(to: clock.now)
        return instance.credentials.openProviderSession(at: instance.wallClock)
    }

    func isOpen(providerSession: String) -> Bool {
        instance.advance(to: clock.now)
        return instance.credentials.isOpen(providerSession: providerSession, at: instance.wallClock)
    }

    // MARK: After a change

    /// Carries out the instance's effects, wakes the long polls if the snapshot changed, and sets the next timer.
    private func followUp() {
        for effect in instance.takeEffects() {
            if effect == .realTime { runInRealTime() } else { perform(effect) }
        }
        if instance.version != seenVersion {
            seenVersion = instance.version
            releaseAll()
            if !watchers.isEmpty { tell("snapshot", snapshotEvent.data) }
        }
        timer?.cancel()
        guard let due = instance.nextDeadline else { return }
        let wait = clock.wait(until: due)
        timer = Task {
            try? await Task.sleep(for: wait)
            guard !Task.isCancelled else { return }
            tick()
        }
    }

    private func runInRealTime() {
        clock.run(at: 1)
        instance.clockShift = clock.lag
    }

    private func tick() {
        instance.advance(to: clock.now)
        followUp()
    }
}
