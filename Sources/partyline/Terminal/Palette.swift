import Glibc

/// Colours on a terminal, nothing anywhere else (and nothing where NO_COLOR asks for that: no-color.org).
struct Palette: Equatable {
    let isColoured: Bool

    static let plain = Palette(isColoured: false)

    static var standardOutput: Palette {
        let refused = Variables.value("NO_COLOR") != nil || Variables.value("TERM") == "dumb"
        return Palette(isColoured: Console.isTerminal && !refused)
    }

    func bold(_ text: String) -> String { paint("1", text) }
    func dim(_ text: String) -> String { paint("2", text) }
    func red(_ text: String) -> String { paint("31", text) }
    func green(_ text: String) -> String { paint("32", text) }
    func yellow(_ text: String) -> String { paint("33", text) }
    func magenta(_ text: String) -> String { paint("35", text) }
    func cyan(_ text: String) -> String { paint("36", text) }

    /// The colour of a sentence.
    func tone(_ tone: Sentence.Tone, _ text: String) -> String {
        switch tone {
        case .plain: text
        case .good: green(text)
        case .waiting: yellow(text)
        case .bad: red(text)
        case .quiet: dim(text)
        }
    }

    private func paint(_ code: String, _ text: String) -> String {
        isColoured ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
