// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// Judges the link to the service after every event, and tells a change.
///
/// A connection that swallows packets does not fail. The long poll cannot show it soon, because the service may hold the
/// answer for 30 s. A heartbeat of the websocket can: it is sent every 10 s and answered at once. While no websocket is
/// open, createTransport and, after 10 s without any answer, a small call (the probe) take its place. So a silent loss is
/// noticed after at most `webSocketHeartbeat` and `linkAllowance`. The probe is not metered and changes nothing: Streams pages
/// do not notice it.
extension Session {
    typealias Link = SessionStatus.Link

    mutating func noteLink() {
        guard !isStopped else { return }
        judgeLink()
        probeIfDue()
        tellLink()
        scheduleLinkCheck()
    }

    /// The session has ended: nothing is known about the link.
    mutating func resetLink() {
        if linkWatch.timer != nil { actions.append(.unschedule(.link)) }
        linkWatch = LinkWatch()
        link = Link(state: .idle, since: now.wall)
    }

    // MARK: What happens on the link

    /// An attempt of a call is sent, or has ended.
    mutating func noteSent(_ call: PendingCall, at uptime: Int64?) {
        switch call.purpose {
        case .service(_, .snapshot): snapshots.sent = uptime
        case .service(_, .transport): linkWatch.transport = uptime
        case .service, .plain: break
        }
    }

    /// An attempt of the long poll failed and will be retried.
    mutating func pollAttemptFailed(_ error: ServiceError) {
        switch link.state {
        case .idle, .up:
            degradeLink()
            link.failure = error
        // From now on only a success of the poll or of a client's call helps.
        case .degraded where link.silence != nil: (link.silence, link.failure) = (nil, error)
        case .degraded, .down: break
        }
    }

    /// The service answered a call, so an outage is over.
    mutating func linkAnswered() {
        guard link.state == .down || link.state == .degraded else { return }
        if link.state == .down {
            let duration = Double(now.wall - link.since) / 1000
            actions.append(.log(.info, "the link to the service is up again", ["after": "\(duration) s"]))
        }
        link = Link(state: .up, since: now.wall)
    }

    private mutating func degradeLink() {
        link = Link(state: .degraded, since: now.wall)
        linkWatch.degraded = now.uptime
    }

    // MARK: Silence

    private mutating func judgeLink() {
        let silence = self.silence
        switch link.state {
        case .idle, .up: if let silence { silenced(silence) }
        case .degraded:
            // The end of what was overdue, such as a websocket that was given up, is no sign of life.
            guard link.silence != nil, silence == nil, lastSign >= linkWatch.degraded else { break }
            link = Link(state: .up, since: now.wall)
        case .down: break
        }
        link.isStale = isStale
    }

    private mutating func silenced(_ silence: Link.Silence) {
        degradeLink()
        link.silence = silence
    }

    /// When the service last gave a sign of life.
    private var lastSign: Int64 { max(linkWatch.answered, webSockets.lastSign) }

    private var silence: Link.Silence? {
        expected.filter { $0.due <= now.uptime }.min { $0.due < $1.due }?.what
    }

    /// What the service has not answered yet, and when that becomes a silence.
    private var expected: [(what: Link.Silence, due: Int64)] {
        let allowance = scaled(settings.timers.linkAllowance)
        var result: [(what: Link.Silence, due: Int64)] = []
        if let sent = snapshots.sent {
            let due = sent + settings.timers.snapshotTimeout + allowance
            // A success afterwards shows that only the poll's own connection is lost. A heartbeat does not: data are missing.
            if linkWatch.answered < due { result.append((.poll, due)) }
        }
        let small = [
            (Link.Silence.heartbeat, webSockets.unansweredHeartbeat), (.transport, linkWatch.transport),
            (.probe, linkWatch.probe),
        ]
        for case (let what, let sent?) in small where lastSign <= sent { result.append((what, sent + allowance)) }
        return result
    }

    /// Without a snapshot of this session, what clients see is a former session's.
    private var isStale: Bool {
        guard snapshots.asOf != nil else { return true }
        return switch link.state {
        case .idle, .up: false
        case .degraded: now.uptime >= staleFrom
        case .down: true
        }
    }

    private var staleFrom: Int64 { linkWatch.degraded + scaled(settings.timers.linkStale) }

    // MARK: The probe

    /// Nil if none is needed: a websocket is open or createTransport is under way, or no long poll is.
    private var probeDue: Int64? {
        guard let polled = snapshots.sent, linkWatch.probe == nil, link.state != .down,
            let lacking = webSockets.lackingSince
        else { return nil }
        return max(polled, lacking, lastSign, linkWatch.probed) + scaled(settings.timers.webSocketHeartbeat)
    }

    private mutating func probeIfDue() {
        guard let due = probeDue, due <= now.uptime else { return }
        (linkWatch.probe, linkWatch.probed) = (now.uptime, now.uptime)
        send(.getAgentStates, ["maxResults": 1], for: .probe)
    }

    mutating func probeEnded(_ result: CallResult) {
        linkWatch.probe = nil
        guard result.error == .networking, link.state == .idle || link.state == .up else { return }
        silenced(.probe)
    }

    // MARK: Telling

    /// A snapshot comes many times a second, so a new `asOf` alone is not told.
    private mutating func tellLink() {
        var note = DaemonStatus.LinkNote(
            state: link.state, since: link.since, lastError: link.lastError, lastErrorType: link.lastErrorType,
            asOf: toldLink?.asOf, isStale: link.isStale)
        guard note != toldLink else { return }
        note.asOf = snapshots.asOf
        toldLink = note
        actions.append(.link(note))
    }

    // MARK: The timer

    private mutating func scheduleLinkCheck() {
        var dues = [probeDue].compactMap(\.self)
        switch link.state {
        case .idle, .up: dues += expected.map(\.due)
        case .degraded: if !link.isStale { dues.append(staleFrom) }
        case .down: break
        }
        guard let due = dues.min() else { return }
        // A timer that fires too early looks again. So no answer costs a rescheduling.
        if let timer = linkWatch.timer, timer <= due { return }
        linkWatch.timer = due
        actions.append(.schedule(.link, after: max(1, due - now.uptime)))
    }
}
