/// A whole Amazon Connect instance with one agent, as a state machine.
///
/// It has no clock and does no I/O: the time comes with every call (epoch seconds, never going back),
/// identifiers come from the seed. The same calls give the same snapshots.
struct SimulatedInstance: Sendable {
    let settings: InstanceSettings
    var agent: Agent
    var contacts: [Contact] = []
    /// Contacts that wait for the agent to become available, in order of arrival.
    var waiting: [Contact] = []
    /// Tasks that are due later, by their scheduled time.
    var scheduled: [Contact] = []
    /// Bumped with every change of the snapshot.
    private(set) var version = 1
    var credentials: Credentials
    var faults: [FaultRule] = []
    /// What somebody with hands has to do.
    var effects: [Effect] = []
    /// Identifiers of contacts that were cleared; they never come back.
    var cleared: Set<String> = []
    /// Seconds the service's clock is ahead of the caller's.
    var clockShift = 0.0
    var transportSeconds: Int
    /// Where the websocket listens, without the ticket; known once it is bound.
    var addresses = Addresses()
    var random: SplitMix64
    /// Contacts made for an idempotency token.
    var idempotent: [String: String] = [:]
    var voiceID: VoiceID
    var failover: Failover
    /// Calls on which the agent shares the screen.
    var sharedScreens: Set<String> = []
    private(set) var now: Double

    struct Addresses: Sendable, Equatable {
        var websocket = "ws://127.0.0.1:0/ws"
        var origin = "http://127.0.0.1:0"
    }

    /// - Parameters:
    ///   - seed: identifiers and tokens follow from it.
    ///   - now: epoch seconds.
    init(settings: InstanceSettings, seed: UInt64, now: Double) {
        self.settings = settings
        self.now = now
        random = SplitMix64(seed: seed)
        // Tokens have a generator of their own, so that contacts have the same identifiers however often
        // somebody signs in.
        credentials = Credentials(
            random: SplitMix64(seed: seed ^ 0xC0FF_EE00_5EED), accessTokenSeconds: settings.accessTokenSeconds)
        voiceID = VoiceID(random: SplitMix64(seed: seed ^ 0x5EED_0F_0701CE))
        failover = Failover(settings)
        transportSeconds = settings.transportSeconds
        let first =
            settings.states.first { $0.name == settings.initialState } ?? settings.states.first
            ?? AgentState(arn: nil, kind: .offline, name: "Offline")
        agent = Agent(
            chosen: first, next: nil, visible: StampedAgentState(state: first, since: now), availableSince: now,
            softphoneEnabled: settings.softphoneEnabled, softphoneAutoAccept: settings.softphoneAutoAccept,
            deskPhone: settings.deskPhone, preferences: settings.preferences)
    }

    /// The service's own idea of the time, epoch seconds.
    var wallClock: Double { now + clockShift }

    /// The token of the long poll: it changes when the snapshot does.
    var snapshotToken: String { "snapshot-\(version)" }

    /// When something happens by itself, epoch seconds of the caller; nil: nothing is due.
    var nextDeadline: Double? {
        let timers = (contacts + waiting).flatMap(\.deadlines).map(\.at)
        let tasks = scheduled.compactMap(\.scheduledTime).map { Double($0) - clockShift }
        return (timers + tasks).min()
    }

    /// Lets the time pass: whatever is due happens, each thing at its own time.
    mutating func advance(to time: Double) {
        while let due = nextDeadline, due <= time {
            now = max(now, due)
            changing { $0.fireDeadlines() }
        }
        now = max(now, time)
    }

    /// One operation of the CTI service.
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

    /// Runs a request that may be refused; a refused one leaves nothing half done behind.
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

    /// Hands over what is to be done outside, and forgets it.
    mutating func takeEffects() -> [Effect] {
        defer { effects = [] }
        return effects
    }

    /// Runs a change, lets everything settle, and bumps the version if anybody can see a difference.
    mutating func changing(_ change: (inout SimulatedInstance) -> Void) {
        let before = visible
        change(&self)
        settle()
        if visible != before { version += 1 }
    }

    /// Like `changing`, for a change that may be refused.
    mutating func changingThrowing<Failure: Error>(
        _ change: (inout SimulatedInstance) throws(Failure) -> Void
    ) throws(Failure) {
        let before = visible
        try change(&self)
        settle()
        if visible != before { version += 1 }
    }

    private var visible: Visible { Visible(agent: agent, contacts: contacts) }

    private struct Visible: Equatable {
        var agent: StampedAgentState
        var next: StampedAgentState?
        var contacts: [Contact]

        init(agent: Agent, contacts: [Contact]) {
            self.agent = agent.visible
            next = agent.next
            // When something is due is nobody's business but ours.
            self.contacts = contacts.map { contact in
                var contact = contact
                contact.deadlines = []
                return contact
            }
        }
    }
}

extension SimulatedInstance {
    /// Everything back to the beginning, but for the version, which never goes back: a poll that waits must notice.
    mutating func startAgain() {
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
        sharedScreens = []
        clockShift = 0
        transportSeconds = settings.transportSeconds
        credentials.accessTokenSeconds = settings.accessTokenSeconds
    }
}
