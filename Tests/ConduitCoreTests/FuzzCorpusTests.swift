// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Foundation
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("The fuzzers' corpora")
struct FuzzCorpusTests {
    struct Sample: Sendable, CustomTestStringConvertible {
        let entry: FuzzEntry
        let file: URL

        var testDescription: String { "\(entry.rawValue)/\(file.lastPathComponent)" }
    }

    private static let corpus = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fuzzing/Corpus")

    static let samples: [Sample] = FuzzEntry.allCases.flatMap { entry in
        let folder = corpus.appending(path: entry.rawValue)
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        return files.sorted { $0.path() < $1.path() }.map { Sample(entry: entry, file: $0) }
    }

    @Test("every input of the corpora runs without a fault", arguments: samples)
    func replay(sample: Sample) throws {
        try sample.entry.run(Array(try Data(contentsOf: sample.file)))
    }

    @Test("every entry point has a corpus")
    func entries() {
        for entry in FuzzEntry.allCases { #expect(Self.samples.contains { $0.entry == entry }) }
    }

    @Test("a wrong answer and an invalid line are reported as faults")
    func faults() throws {
        let stage = try FuzzStage()
        let port = try stage.open(slot: 1, uid: FuzzStage.owner)
        try stage.handle(.responded(port, requestId: .init(7), .data([:])))
        #expect(throws: FuzzFault.self) { try stage.finish() }
        #expect(throws: FuzzFault.self) { try FuzzLine.check(Array("{}\n".utf8)) }
        #expect(throws: FuzzFault.self) { try FuzzLine.check(Array(#"{"event":"x"}"#.utf8)) }
    }
}
