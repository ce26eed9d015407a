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

/// Who speaks in the demo.
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
