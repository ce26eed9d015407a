/// The demo's lines: seconds since its start, which program, what.
struct DemoPrinter {
    let palette: Palette
    private let start = ContinuousClock.now

    init(palette: Palette) { self.palette = palette }

    var seconds: Double { (ContinuousClock.now - start) / .seconds(1) }

    func say(_ program: DemoProgram, _ sentence: Sentence) {
        say(program, "\(palette.bold(sentence.who)) \(palette.tone(sentence.tone, sentence.what))")
    }

    func say(_ program: DemoProgram, _ words: String) {
        let time = palette.dim(Text.right(Text.tenths(seconds), 5) + "s")
        Console.out("\(time)  \(program.paint(Text.left(program.rawValue, 11), palette))  \(words)")
    }
}

/// The programs of the demo that print.
enum DemoProgram: String {
    case demo
    case softphone
    case screenPop = "screen-pop"

    func paint(_ text: String, _ palette: Palette) -> String {
        switch self {
        case .demo: palette.dim(text)
        case .softphone: palette.magenta(text)
        case .screenPop: palette.cyan(text)
        }
    }
}

/// The demo's last words: what the reader may type now.
enum DemoEnding {
    static func afterwards(_ palette: Palette) -> [String] {
        ["", palette.bold("What to try next")]
            + commands([
                ("partyline demo --keep", "leaves it running for your own clients"),
                ("partyline watch", "does what screen-pop did, with your own daemon"),
                ("partyline status", "says what is missing until you have one"),
                ("less README.md", "a client in six lines of shell, and of Python"),
            ])
    }

    static func kept(_ socket: String, control: String?, _ palette: Palette) -> [String] {
        var rows = [
            ("partyline --socket \(socket) watch", "who, what, when"),
            ("partyline --socket \(socket) status", "how everything is"),
            ("partyline --socket \(socket) get snapshot.state.name", "one value"),
            ("socat - UNIX-CONNECT:\(socket)", "the lines themselves"),
        ]
        if let control { rows.append(("curl -s \(control)/help", "the simulator's controls")) }
        let head = "Still running; the softphone has gone home, screen-pop looks on. Ctrl-C ends it all."
        return ["", palette.bold(head)] + commands(rows)
    }

    private static func commands(_ rows: [(command: String, meaning: String)]) -> [String] {
        let rows = rows.map { (command: CommandName.here($0.command), meaning: $0.meaning) }
        let width = (rows.map(\.command.count).max() ?? 0) + 2
        return rows.map { "  " + Text.left($0.command, width) + $0.meaning }
    }
}
