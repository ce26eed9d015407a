import Glibc

/// What the reader has to type to get this program again.
///
/// Its bare name only where the shell would find it by that, and with the socket that was asked for.
enum CommandName {
    /// A suggested command as it works here.
    static func here(_ command: String) -> String {
        shown(command, arguments: CommandLine.arguments, folder: workingFolder)
    }

    static func shown(_ command: String, arguments: [String], folder: String) -> String {
        let words = command.split(separator: " ", maxSplits: 1)
        guard let name = words.first, ["partyline", "partylined"].contains(name) else { return command }
        var result = place(arguments.first ?? "", folder) + name
        // The demo has a socket of its own, and the daemon's command names the one it is about.
        if name == "partyline", words.count > 1, !words[1].hasPrefix("demo"), !words[1].hasPrefix("--socket") {
            result = ([result] + GlobalOptions.given(in: Array(arguments.dropFirst())).map(quoted)).joined(
                separator: " ")
        }
        return words.count > 1 ? "\(result) \(words[1])" : result
    }

    /// The folder of the program as it was called, relative to where the reader is.
    private static func place(_ path: String, _ folder: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "" }
        let place = path[...slash]
        return String(place.hasPrefix(folder + "/") ? place.dropFirst(folder.count + 1) : place)
    }

    private static func quoted(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || "/._-=@:+,".utf8.contains(byte)
        }
        return isPlain
            ? word : "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    private static var workingFolder: String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        guard getcwd(&buffer, buffer.count) != nil else { return "/" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
