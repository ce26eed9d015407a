// SPDX-License-Identifier: Apache-2.0
import Testing

/// Every scene against the real daemon. Serialized, because parallel scenes would time out on a slow machine.
@Suite("Conformance", .serialized)
struct ConformanceTests {
    static let scenes = Result { try Scene.load() }

    @Test("scene", arguments: (try? scenes.get()) ?? [])
    func play(_ scene: Scene) throws {
        let player = try Player(scene)
        do { try player.play() } catch {
            Issue.record("\(scene.name): \(error)\n\(player.transcript)")
        }
    }

    @Test("the scenes are valid, their names unique, and every deliberate difference has a scene")
    func completeness() throws {
        let names = try Self.scenes.get().map(\.name)
        #expect(names.count >= 50)
        #expect(Set(names).count == names.count)
        for number in 1...21 { #expect(names.contains("D\(number)")) }
    }
}
