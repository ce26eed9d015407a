// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import StreamsProtocol

/// The agent as the daemon knows it, and the service's clock.
struct Desk {
    let agent: AgentData
    /// This machine's time, in milliseconds since 1970.
    let now: Int64
    /// How long ago the daemon received the agent, if it must not be taken for the present one.
    let staleMs: Int?

    /// - Parameter answer: the answer to `getAgent`.
    init(_ answer: JSON, now: Int64) {
        agent =
            answer["agent"].flatMap { AgentData(json: $0) }
            ?? AgentData(
                snapshot: SnapshotData(json: JSONObject()), configuration: AgentConfiguration(json: JSONObject()))
        self.now = now
        staleMs = answer["stale"] == true ? answer["ageMs"]?.int ?? 0 : nil
    }

    /// - Parameter statesSuffice: true if the agent's states are enough. Otherwise it throws if the role of this user has no
    ///   contacts and settings: their absence would look like none.
    init(_ connection: LineConnection, statesSuffice: Bool = false) throws {
        let role = try connection.welcome(timeout: .seconds(10)).role
        guard statesSuffice || role != "presence" else {
            throw CommandFailure(
                status: .denied,
                message:
                    "partylined gives this user the role presence: the agent's state, without contacts and settings",
                next: ["partyline agent", "partyline describe   lists the roles"])
        }
        self.init(try connection.request("getAgent"), now: WallClock.milliseconds)
    }

    /// Reads the agent for a verb that prints it, and says on standard error if it is out of date.
    static func read(_ connection: LineConnection, statesSuffice: Bool = false) throws -> Desk {
        let desk = try Desk(connection, statesSuffice: statesSuffice)
        if let age = desk.staleMs {
            let status = try connection.request("getStatus")
            let isSignedIn = ["signed_in", "degraded"].contains(status["auth"]?["state"]?.string)
            let reason = isSignedIn ? "Amazon Connect does not answer" : "not signed in at Amazon Connect any more"
            Console.error("partyline: \(reason); this is the state of \(Text.span(milliseconds: age)) ago")
            Console.error("  next: \(CommandName.here("partyline status"))")
        }
        return desk
    }

    var contacts: [ContactData] { agent.snapshot.contacts }

    func contact(_ id: String?) -> ContactData? { contacts.first { $0.contactId == id } }

    /// The milliseconds since an instant of the service, on the service's clock; nil if the instant is missing.
    func elapsed(since instant: String?) -> Int? {
        Skew(agent).duration(since: instant, now: now).map { max(0, $0.milliseconds) }
    }

    /// `Ada is Busy for 4 min, then Lunch`.
    var sentence: String {
        let state = agent.snapshot.state
        let duration = elapsed(since: state?.startTimestamp).map { " for \(Text.span(milliseconds: $0))" } ?? ""
        let next = agent.snapshot.nextState?.name.map { ", then \($0)" } ?? ""
        let type = state?.type.map { " (\($0))" } ?? ""
        return "\(agent.configuration.name ?? "the agent") is \(state?.name ?? "in no state")\(type)\(duration)\(next)"
    }
}
