// SPDX-License-Identifier: Apache-2.0

/// Prints the demo's lines: seconds since the start, program, sentence.
struct DemoPrinter {
    let palette: Palette
    private let start = ContinuousClock.now

    init(palette: Palette) { self.palette = palette }

    var seconds: Double { (ContinuousClock.now - start) / .seconds(1) }

    func print(_ program: DemoProgram, _ sentence: Sentence) {
        print(program, "\(palette.bold(sentence.who)) \(palette.tone(sentence.tone, sentence.what))")
    }

    func print(_ program: DemoProgram, _ text: String) {
        let time = palette.dim(Text.right(Text.tenths(seconds), 5) + "s")
        Console.out("\(time)  \(program.paint(Text.left(program.rawValue, 11), palette))  \(text)")
    }
}

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

/// The demo's last lines: commands to try next.
enum DemoEnding {
    static func afterwards(_ palette: Palette) -> [String] {
        ["", palette.bold("What to try next")]
            + commands([
                ("partyline demo --keep", "keeps it running for your own clients"),
                ("partyline watch", "prints the events of your own daemon in such sentences"),
                ("partyline status", "shows what your own daemon still needs"),
                ("less README.md", "a client in six lines of shell, and of Python"),
            ])
    }

    static func kept(_ socket: String, control: String?, _ palette: Palette) -> [String] {
        var rows = [
            ("export PARTYLINE_SOCKET=\(socket)", "makes this daemon the one of a shell"),
            ("partyline watch", "what happens, in sentences"),
            ("partyline status", "the state of every part"),
            ("partyline get snapshot.state.name", "one value"),
            ("socat - UNIX-CONNECT:\(socket)", "the lines of the protocol"),
        ]
        if let control {
            rows.append((#"curl \#(control)/contacts -d '{"type":"voice"}'"#, "makes a call ring"))
            rows.append(("curl \(control)/help", "the simulator's other controls"))
        }
        let head = "Still running: the softphone has stopped, screen-pop keeps watching. Ctrl-C ends everything."
        return ["", palette.bold(head)] + commands(rows)
    }

    private static func commands(_ rows: [(command: String, meaning: String)]) -> [String] {
        let rows = rows.map { (command: CommandName.here($0.command), meaning: $0.meaning) }
        let width = (rows.map(\.command.count).max() ?? 0) + 2
        return rows.map { "  " + Text.left($0.command, width) + $0.meaning }
    }
}
