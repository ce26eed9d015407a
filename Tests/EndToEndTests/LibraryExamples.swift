// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Testing

/// The Swift examples of README, of the library's DocC catalogue and of its tutorial, as one program: the first argument names
/// the page. They are compiled as they are printed, against the modules of the tests' own build.
struct LibraryExamples {
    let executable: URL
    let pages: [String]

    /// A page and the code that the test puts into it.
    struct Page {
        /// The path in the repository.
        let path: String
        /// True if the page begins with a client that is connected: the text before it says so.
        var isConnected = true
        /// The line after which the program says `ready`: the test goes on then.
        var mark: String?
    }

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// Compiles the pages into `folder`.
    init(_ list: [Page], in folder: String) throws {
        pages = list.map(\.path)
        let source = try Self.source(list)
        let file = "\(folder)/Examples.swift"
        try source.write(toFile: file, atomically: true, encoding: .utf8)
        executable = URL(filePath: "\(folder)/examples")
        let products = Program.binary("").path
        var arguments = [
            "swiftc", "-swift-version", "6", "-parse-as-library", "-I", "\(products)/Modules", file, "-o",
            executable.path,
        ]
        for module in ["ConnectStreams", "StreamsProtocol", "AgentModel"] {
            // By the sources: the folder may have objects of sources that are gone.
            let sources = FileManager.default.enumerator(atPath: Self.root.appending(path: "Sources/\(module)").path)
            arguments += try #require(sources).compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") }
                .filter { !$0.contains(".docc/") }
                .map { "\(products)/\(module).build/\(($0 as NSString).lastPathComponent).o" }
        }
        // The objects of a build with a sanitizer need its runtime.
        for sanitizer in ["address", "thread"] where dlsym(nil, "__\(sanitizer.prefix(1))san_init") != nil {
            arguments.append("-sanitize=\(sanitizer)")
        }
        let compiler = try Program(
            "swiftc", arguments, folder: folder,
            executable: URL(filePath: "/usr/bin/env"))
        let status = try compiler.end(within: 300)
        try #require(status == 0, "the examples do not compile: \(compiler.printed)\(compiler.errors)")
    }

    private static func source(_ pages: [Page]) throws -> String {
        var functions = ""
        var cases = ""
        for (index, page) in pages.enumerated() {
            functions += "\nfunc page\(index)() async throws {\n\(try body(page))\n}\n"
            cases += "        case \"\(page.path)\": try await page\(index)()\n"
        }
        return """
            import AgentModel
            import ConnectStreams
            @preconcurrency import Glibc
            \(functions)
            @main struct Examples {
                static func main() async throws {
                    setvbuf(stdout, nil, _IOLBF, 0)
                    switch CommandLine.arguments[1] {
            \(cases)        default: break
                    }
                }
            }
            """
    }

    /// The page's code without its imports.
    private static func body(_ page: Page) throws -> String {
        let text = try text(page.path)
        var lines = (page.path.hasSuffix(".swift") ? text : blocks(text)).split(separator: "\n").map(String.init)
        lines.removeAll { $0.hasPrefix("import ") }
        if let mark = page.mark {
            let place = try #require(lines.firstIndex(of: mark), "\(page.path) has no line \(mark)")
            lines.insert("print(\"ready\")", at: place + 1)
        }
        let client = page.isConnected ? ["let connect = try Connect()", "try await connect.start()"] : []
        return (client + lines).joined(separator: "\n")
    }

    /// What stands in the page between ```swift and ```, one after the other.
    private static func blocks(_ text: String) -> String {
        text.components(separatedBy: "```swift\n").dropFirst().map { $0.components(separatedBy: "```")[0] }.joined()
    }
}
