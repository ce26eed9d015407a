// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// What the client knows of the agent: the newest data, replaced before the events of the same change are passed on.
struct Knowledge {
    private(set) var agent: AgentData?
    /// The states that pass by as events (`getSeat`), as an object of `{event, data, time}` by name.
    private(set) var seat: JSONObject = JSONObject()
    /// True while the connection's events are up to date.
    private(set) var isLive = false

    mutating func note(_ update: EventStream.Update) {
        switch update {
        case .subscribed(let answer):
            isLive = true
            if answer.isFresh { agent = answer.snapshot.flatMap(AgentData.init(json:)) }
            seat = answer.seat?.object ?? JSONObject()
        case .lagged(let lag):
            if let snapshot = lag.snapshot { agent = AgentData(json: snapshot) }
        case .gone: isLive = false
        case .event(let event): note(event)
        }
    }

    /// The answer to `getAgent`.
    mutating func refresh(_ answer: JSON) {
        if let agent = answer["agent"].flatMap(AgentData.init(json:)) { self.agent = agent }
    }

    private mutating func note(_ event: StreamEvent) {
        switch event.name {
        case EventName.agentUpdate: if let data = event.data.flatMap(AgentData.init(json:)) { agent = data }
        case EventName.terminated:
            agent = nil
            seat = JSONObject()
        default:
            guard let part = SeatPart(event: event.name) else { return }
            seat[part.rawValue] = [
                "event": .string(event.name), "data": event.data ?? .null,
                "time": event.time.map(JSON.string) ?? .null,
            ]
        }
    }
}
