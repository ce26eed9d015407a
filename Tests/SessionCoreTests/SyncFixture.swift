// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

extension Fixture {
    /// The expected request of a sync.
    static let sync = call("GetAgentSnapshot", #"{"timeout":0,"authentication":{"authToken":"t1"}}"#)

    /// A snapshot with a state's name, taken this many milliseconds after the epoch.
    static func snapshot(_ name: String, at milliseconds: Int64, nextToken: String = "n2") -> String {
        let taken = Double(SessionHarness.epoch + milliseconds) / 1000
        return snapshot(name, taken: "\(taken)", nextToken: nextToken)
    }

    /// A snapshot with `taken` as its timestamp's JSON.
    static func snapshot(_ name: String, taken: String, nextToken: String = "n2") -> String {
        #"{"snapshot":{"state":{"name":"\#(name)"},"snapshotTimestamp":\#(taken)},"nextToken":"\#(nextToken)"}"#
    }
}

extension SessionHarness {
    /// The requests of syncs that are under way. Unlike the long poll, their timeout is 0.
    var syncs: [CallID] { calls.filter { isSync($0.call) }.map(\.id) }

    /// How often a sync's request was sent, including retries.
    var sentSyncs: Int { recorded.count { if case .send(_, let call) = $0 { isSync(call) } else { false } } }

    private func isSync(_ call: HTTPCall) -> Bool {
        call.purpose == "GetAgentSnapshot"
            && String(decoding: call.body ?? [], as: UTF8.self).hasPrefix(#"{"timeout":0,"#)
    }

    /// Ends the sync's request under way.
    @discardableResult
    func endSync(_ outcome: HTTPOutcome) throws -> [SessionAction] {
        let id = try #require(syncs.first, "no sync is under way")
        drop(id)
        return handle(.http(id, outcome))
    }

    @discardableResult
    func answerSync(_ body: String = Fixture.snapshot, status: Int = 200) throws -> [SessionAction] {
        try endSync(.response(status: status, reason: "Reason", body: Array(body.utf8)))
    }

    /// Ends the sync's request and all its retries with the same outcome.
    @discardableResult
    func endSyncForGood(_ outcome: HTTPOutcome) throws -> [SessionAction] {
        while true {
            let actions = try endSync(outcome)
            guard actions.count == 1, case .schedule(.callRetry(let id), _)? = actions.first else { return actions }
            try advance(to: .callRetry(id))
        }
    }

    /// Answers the long poll, even while a sync's request is under way.
    @discardableResult
    func answerPoll(_ body: String = Fixture.snapshot, status: Int = 200) throws -> [SessionAction] {
        let syncs = Set(syncs)
        let poll = calls.first { $0.call.purpose == "GetAgentSnapshot" && !syncs.contains($0.id) }
        let id = try #require(poll?.id, "no long poll is under way")
        drop(id)
        return handle(.http(id, .response(status: status, reason: "Reason", body: Array(body.utf8))))
    }

    /// The names of the published states.
    var states: [String?] { agents.map { $0.snapshot.state?.name } }

    /// The completed syncs, with their error codes.
    var synced: [Synced] {
        recorded.compactMap { if case .synced(.request(let n), let error) = $0 { Synced(n, error?.code) } else { nil } }
    }

    struct Synced: Equatable {
        let number: UInt64
        let code: ProtocolError.Code?

        init(_ number: UInt64, _ code: ProtocolError.Code? = nil) {
            self.number = number
            self.code = code
        }
    }
}
