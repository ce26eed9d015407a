import Testing

/// Every scene of the folder, against the real daemon. One at a time, so that a slow machine is slow for one only.
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

    @Test("the scenes can be read, no name stands twice, and every deliberate difference has its scene")
    func completeness() throws {
        let names = try Self.scenes.get().map(\.name)
        #expect(names.count >= 50)
        #expect(Set(names).count == names.count)
        for number in 1...18 { #expect(names.contains("D\(number)")) }
    }
}
