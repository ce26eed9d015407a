import Glibc

/// Finds the programs that were built or installed together with this one.
enum SiblingProgram {
    static func path(_ name: String) throws -> String {
        let folders = [ownFolder].compactMap { $0 } + searchPath
        if let folder = folders.first(where: { access("\($0)/\(name)", X_OK) == 0 }) { return "\(folder)/\(name)" }
        throw CommandFailure(
            status: .failure, message: "the demo needs \(name), which is neither beside partyline nor in the PATH",
            next: ["swift build --product \(name)", "make demo   builds everything first"])
    }

    /// This program itself.
    static var own: String { target(of: "/proc/self/exe") ?? "partyline" }

    private static var ownFolder: String? {
        own.lastIndex(of: "/").map { String(own[..<$0]) }
    }

    private static var searchPath: [String] { (Variables.value("PATH") ?? "").split(separator: ":").map(String.init) }

    private static func target(of link: String) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(link, &buffer, buffer.count)
        guard count > 0 else { return nil }
        return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
