/// One change, said in words: who, and what happened.
struct Sentence: Equatable {
    /// How it should strike the eye.
    enum Tone: Equatable {
        case plain, good, waiting, bad, quiet
    }

    let who: String
    let what: String
    var tone = Tone.plain

    /// The sentence for a line of its own.
    var text: String { "\(who) \(what)" }

    /// The same, fit for a terminal: names and words of customers are in it.
    var printable: Sentence { Sentence(who: Text.printable(who), what: Text.printable(what), tone: tone) }
}
