import Logging

/// Gives the pure instance a clock, lets long polls wait for it, and passes its effects on.
actor InstanceHost {
    /// The longest a long poll waits, however much is asked for.
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

    init(
        instance: SimulatedInstance, clock: VirtualClock, logger: Logger, perform: @escaping @Sendable (Effect) -> Void
    ) {
        self.instance = instance
        self.clock = clock
        self.logger = logger
        self.perform = perform
        seenVersion = instance.version
    }

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
        logger.info("refused", metadata: ["operation": "\(operation)", "why": "\(fault.code): \(fault.message)"])
    }

    /// getAgentSnapshot: answers at once if the caller has not seen the present version, else when it changes
    /// or the timeout (milliseconds in the request, real time) is over.
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

    /// - Returns: false if waiting was called off, because the listener goes down.
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
        return !isCalledOff
    }

    private var isCalledOff = false

    private func release(_ id: Int) { waiters.removeValue(forKey: id)?.resume() }

    /// Lets every long poll answer now.
    func callOffPolls() {
        isCalledOff = true
        releaseAll()
    }

    /// Long polls may wait again.
    func allowPolls() { isCalledOff = false }

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

    /// What agent discovery tells whoever has a good signature.
    func activeInstance(signature: String?) -> Result<JSON, ServiceFault> {
        instance.advance(to: clock.now)
        guard instance.credentials.isValid(signature: signature, at: instance.now) else {
            return .failure(.accessDenied("the signature is missing, unknown or has expired"))
        }
        return .success(instance.failover.json)
    }

    // MARK: Control

    func control(_ step: ControlStep) throws(ControlError) -> ControlOutcome {
        defer { followUp() }
        return try instance.control(step, now: clock.now)
    }

    /// What the control API shows of the instance; secrets are not among it.
    func state(websockets: JSON) -> JSON {
        instance.advance(to: clock.now)
        followUp()
        return [
            "snapshot": instance.snapshot, "configuration": instance.configuration,
            "version": .int(instance.version), "waiting": .array(instance.waiting.map { .string($0.id) }),
            "faults": .int(instance.faults.count), "sessions": .int(instance.credentials.sessions.count),
            "validTokens": .int(instance.credentials.tokens.values.count { $0 > instance.wallClock }),
            "clockShiftSeconds": .double(instance.clockShift), "websockets": websockets,
            "activeInstanceArn": .string(instance.failover.activeARN), "isActive": .bool(instance.isActive),
            "screenSharing": .array(instance.sharedScreens.sorted().map(JSON.string)),
        ]
    }

    func takeFault(for operation: String) -> FaultRule? { instance.takeFault(for: operation) }

    // MARK: Requests

    func note(_ operation: String, call: String? = nil, body: JSON = .null, hasBearer: Bool = false) {
        requests.note(operation, call: call, body: body, hasBearer: hasBearer, at: clock.now)
    }

    func requests(of operation: String?) -> JSON { requests.json(operation: operation) }

    func counts() -> JSON { .object(requests.counts.mapValues(JSON.int)) }

    // MARK: Credentials

    func isValid(token: String?) -> Bool {
        instance.advance(to: clock.now)
        return instance.credentials.isValid(token: token, at: instance.wallClock)
    }

    func openSession() -> String { instance.credentials.openSession() }

    func closeSession(_ cookie: String) { instance.credentials.closeSession(cookie) }

    func isOpen(session: String) -> Bool { instance.credentials.sessions.contains(session) }

    /// A new access token for a signed-in session, as the authorize endpoint answers it; nil: not signed in.
    func authorize(session: String?) -> JSON? {
        guard let session, isOpen(session: session) else { return nil }
        instance.advance(to: clock.now)
        let issued = instance.credentials.issueToken(at: instance.wallClock)
        return ["accessToken": .string(issued.token), "expiration": .string(isoTime(issued.expiration))]
    }

    /// - Returns: how long the websocket may live, seconds; nil if the ticket is not good.
    func redeem(ticket: String) -> Int? {
        instance.advance(to: clock.now)
        return instance.credentials.redeem(ticket: ticket, at: instance.now)
    }

    // MARK: What follows

    /// After every change: wake those who wait, do what is to be done, and set the alarm anew.
    private func followUp() {
        for effect in instance.takeEffects() { perform(effect) }
        if instance.version != seenVersion {
            seenVersion = instance.version
            releaseAll()
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

    private func tick() {
        instance.advance(to: clock.now)
        followUp()
    }
}
