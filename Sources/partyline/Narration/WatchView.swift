import AgentModel
import ConnectStreams
import StreamsProtocol

/// What `watch` prints, one line a change: time, who, what.
struct WatchView {
    let palette: Palette
    let asJSON: Bool
    private var agent: Agent?
    private var events = EventNarrator()

    init(palette: Palette, asJSON: Bool) {
        self.palette = palette
        self.asJSON = asJSON
    }

    mutating func show(_ message: ServerMessage) {
        if asJSON { return Console.out(message.line) }
        sentences(message).forEach { say($0) }
    }

    /// The sentences for a message; remembers what it takes to tell the next change.
    mutating func sentences(_ message: ServerMessage) -> [Sentence] {
        guard message.event == EventName.agentUpdate, let data = message.data, let new = Agent(json: data) else {
            return events.sentence(message).map { [$0] } ?? []
        }
        defer { agent = new }
        return Narrator.sentences(from: agent, to: new)
    }

    func gone(_ error: ConnectionError) {
        let sentence = Sentence(who: "partylined", what: "is gone (\(error)); waiting for it", tone: .bad)
        asJSON ? Console.error("partyline: \(sentence.text)") : say(sentence)
    }

    func back() {
        let sentence = Sentence(who: "partylined", what: "is back", tone: .good)
        asJSON ? Console.error("partyline: \(sentence.text)") : say(sentence)
    }

    private func say(_ sentence: Sentence) {
        let time = palette.dim(WallClock.timeOfDay(WallClock.milliseconds))
        Console.out("\(time)  \(palette.bold(sentence.who)) \(palette.tone(sentence.tone, sentence.what))")
    }
}
