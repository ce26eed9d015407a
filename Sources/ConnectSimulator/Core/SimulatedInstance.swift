// SPDX-License-Identifier: Apache-2.0

/// An Amazon Connect instance with one agent, as a state machine.
///
/// It has no clock and does no I/O. Every call passes the time (epoch seconds, not decreasing), and identifiers derive
/// from the seed, so the same calls give the same snapshots.
struct SimulatedInstance: Sendable {
    let settings: InstanceSettings
    var agent: Agent
    var contacts: [Contact] = []
    /// Contacts that wait for the agent to become available, in order of arrival.
    var waiting: [Contact] = []
    /// Tasks with a scheduled time in the future.
    var scheduled: [Contact] = []
    /// Incremented with every change of the snapshot; never decreases.
    private(set) var version = 1
    var credentials: Credentials
    var account: AgentAccount
    var faults: [FaultRule] = []
    /// Effects for the host to carry out.
    var effects: [Effect] = []
    /// Given identifiers of cleared contacts; they are not reused.
    private(set) var cleared: Set<String> = []
    /// How many seconds the service's clock is ahead of the caller's.
    var clockShift = 0.0
    var transportSeconds: Int
    /// Set once the listeners are bound.
    var addresses = Addresses()
    var random: SplitMix64
    /// Contact identifiers by idempotency token.
    var idempotent: [String: String] = [:]
    var voiceID: VoiceID
    var failover: Failover
    /// Identifiers of the calls on which the agent shares the screen.
    var sharedScreens: Set<String> = []
    private(set) var now: Double

    struct Addresses: Sendable, Equatable {
        var websocket = "ws://127.0.0.1:0/ws"
        var origin = "http://127.0.0.1:0"
    }

    /// - Parameters:
    ///   - seed: the seed of identifiers and tokens.
    ///   - now: epoch seconds.
    init(settings: InstanceSettings, seed: UInt64, now: Double) {
        self.settings = settings
        self.now = now
        random = SplitMix64(seed: seed)
        // Tokens use their own generator: the number of sign-ins must not change the identifiers of contacts.
        credentials = Credentials(
            random: SplitMix64(seed: seed ^ 0xC0FF_EE00_5EED), accessTokenSeconds: settings.accessTokenSeconds)
        account = AgentAccount(lockAfter: settings.lockAfter)
        voiceID = VoiceID(random: SplitMix64(seed: seed ^ 0x5EED_0F_0701CE))
        failover = Failover(settings)
        transportSeconds = settings.transportSeconds
        let first =
            settings.states.first { $0.name == settings.initialState } ?? settings.states.first
            ?? AgentState(arn: nil, kind: .offline, name: "Offline")
        agent = Agent(settings, state: first, at: now)
    }

    /// The contact is gone for good.
    mutating func forget(_ contact: Contact) {
        if contact.hasGivenId { cleared.insert(contact.id) }
    }

    /// The service's (shifted) clock, epoch seconds.
    var wallClock: Double { now + clockShift }

    /// The long poll's `nextToken`. It changes with the snapshot.
    var snapshotToken: String { "snapshot-\(version)" }

    /// The earliest timer or scheduled task, epoch seconds of the caller's clock; nil if there is none.
    var nextDeadline: Double? {
        let timers = (contacts + waiting).flatMap(\.deadlines).map(\.at)
        let tasks = scheduled.compactMap(\.scheduledTime).map { Double($0) - clockShift }
        return (timers + tasks).min()
    }

    /// Advances the time. Each timer that is due runs with `now` set to its own time.
    mutating func advance(to time: Double) {
        while let due = nextDeadline, due <= time {
            now = max(now, due)
            changing { $0.fireDeadlines() }
        }
        now = max(now, time)
    }

    /// Performs an operation of the CTI service.
    ///
    /// - Parameters:
    ///   - operation: the name on the wire, for example `AcceptContact`.
    ///   - input: the request's body.
    ///   - time: epoch seconds.
    mutating func handle(_ operation: String, _ input: JSON, now time: Double) -> Result<JSON, ServiceFault> {
        advance(to: time)
        guard let shape = Operation.all[operation] else { return .failure(.unknownOperation(operation)) }
        if let problem = shape.problem(with: input) { return .failure(.validation(problem)) }
        return attempt { instance throws(ServiceFault) in try instance.perform(operation, input) }
    }

    /// Runs a request as a transaction: a fault restores the instance's previous state.
    mutating func attempt(
        _ request: (inout SimulatedInstance) throws(ServiceFault) -> JSON
    ) -> Result<JSON, ServiceFault> {
        let before = self
        do throws(ServiceFault) {
            var output = JSON.object([:])
            try changingThrowing { instance throws(ServiceFault) in output = try request(&instance) }
            return .success(output)
        } catch {
            self = before
            return .failure(error)
        }
    }

    /// Returns the pending effects and clears them.
    mutating func takeEffects() -> [Effect] {
        defer { effects = [] }
        return effects
    }

    /// Runs a change and its consequences (`settle`), and increments the version if the snapshot changed.
    mutating func changing(_ change: (inout SimulatedInstance) -> Void) {
        let before = visible
        let chats = connectedChats
        change(&self)
        endChats(liveBefore: chats)
        settle()
        if visible != before { version += 1 }
    }

    /// Like `changing`, for a change that may throw.
    mutating func changingThrowing<Failure: Error>(
        _ change: (inout SimulatedInstance) throws(Failure) -> Void
    ) throws(Failure) {
        let before = visible
        let chats = connectedChats
        try change(&self)
        endChats(liveBefore: chats)
        settle()
        if visible != before { version += 1 }
    }

    private var visible: Visible { Visible(agent: agent, contacts: contacts) }

    private struct Visible: Equatable {
        var agent: StampedAgentState
        var chosen: AgentState
        var next: StampedAgentState?
        var contacts: [Contact]

        init(agent: Agent, contacts: [Contact]) {
            self.agent = agent.visible
            chosen = agent.chosen
            next = agent.next
            // Deadlines and a supervisor who only listens are not part of the snapshot.
            self.contacts = contacts.map { contact in
                var contact = contact
                contact.deadlines = []
                contact.connections.removeAll(where: \.isHidden)
                return contact
            }
        }
    }
}

extension SimulatedInstance {
    /// Restores the initial state. Keeps sessions and tokens, and the version: pending polls must see a change.
    mutating func reset() {
        let fresh = SimulatedInstance(settings: settings, seed: 0, now: now)
        agent = fresh.agent
        contacts = []
        waiting = []
        scheduled = []
        faults = []
        cleared = []
        idempotent = [:]
        voiceID.forget()
        failover = fresh.failover
        account = fresh.account
        sharedScreens = []
        clockShift = 0
        transportSeconds = settings.transportSeconds
        credentials.accessTokenSeconds = settings.accessTokenSeconds
    }
}
