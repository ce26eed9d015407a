import AgentModel
import ConnectStreams
import StreamsProtocol

/// Tells lines of the daemon in sentences, of either dialect: it remembers what it takes to say what has changed.
struct Story {
    private var picture = AgentPicture()
    private var events = EventNarrator()

    /// The sentences for a line.
    ///
    /// - Parameter isBroadcast: true for what a program broadcast, which says nothing of the agent for certain; nil where the
    ///   line does not tell, as in the Streams dialect.
    mutating func sentences(_ event: String, _ data: JSON?, isBroadcast: Bool? = nil) -> [Sentence] {
        guard isBroadcast != true else { return others(event, data, isBroadcast) }
        picture.presume(event, data)
        let old = picture.agent
        guard picture.take(event, data), let new = picture.agent else { return others(event, data, isBroadcast) }
        return (accepted(event, data) + Narrator.sentences(from: old, to: new)).map(\.printable)
    }

    /// The sentences for a snapshot: how it is, or what has changed while nobody looked.
    mutating func sentences(snapshot: JSON?) -> [Sentence] {
        let old = picture.agent
        picture.begin(with: snapshot)
        guard let new = picture.agent else { return [] }
        return Narrator.sentences(from: old, to: new).map(\.printable)
    }

    private mutating func others(_ event: String, _ data: JSON?, _ isBroadcast: Bool?) -> [Sentence] {
        events.sentence(event, data, isBroadcast: isBroadcast).map { [$0.printable] } ?? []
    }

    /// The one event of a contact that is not to be seen in the contact itself.
    private func accepted(_ event: String, _ data: JSON?) -> [Sentence] {
        guard event == "contact::accepted", let contact = data?["contact"]?.object else { return [] }
        return [Sentence(who: ContactNarrator.name(Contact(json: contact)), what: "is accepted", tone: .good)]
    }
}
