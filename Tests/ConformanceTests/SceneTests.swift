// SPDX-License-Identifier: Apache-2.0
import Testing

/// A malformed scene must not load, and a scene that does not hold must fail.
@Suite("Scenes")
struct SceneTests {
    static func scene(_ steps: String) -> String { "scenes:\n  - {scene: x, title: y, steps: [\(steps)]}" }

    static let misspelt = [
        "scenes: [{scene: x, steps: []}]", "scenes: [{scene: x, title: y}]", "nothing: []",
        "scenes: [{scene: x, title: y, steps: [], surplus: 1}]", scene("{dance: a}"), scene("connect"),
        scene("{expect: {port: a, evnet: x}}"), scene("{connect: a, close: a}"), "scenes: [",
        scene("{count: {prot: a}}"), scene("{request: {port: a, metod: getStatus}}"),
        scene("{expect: {port: a, event: x, clocks: y}}"),
    ]

    @Test("a malformed scene is rejected when its file is read", arguments: misspelt)
    func malformed(_ text: String) {
        #expect(throws: Scene.Malformed.self) { try Scene.read(text, file: "x.yaml") }
    }
}

extension ConformanceTests {
    /// Each of these scenes fails in its last step.
    static let wrong = [
        "{connect: a}, {expect: {port: a, event: update_connected_ccps, data: {length: 2}}}",
        "{connect: a}, {expect: {port: a, event: no_such_event, within: 50}}",
        "{connect: a}, {find: {port: a, event: update_connected_ccps, data: {length: 2}, within: 50}}",
        "{connect: a}, {never: {port: a, event: update_connected_ccps}}",
        "{connect: a}, {never: {port: a, event: update_connected_ccps, data: {length: 1}}}",
        "{connect: a}, {count: {port: a, event: update_connected_ccps, is: 2}}",
        "{connect: a}, {count: {port: a, event: update_connected_ccps, atMost: 0}}",
        "{connect: a}, {order: {port: a, events: [acknowledge, acknowledge]}}",
        "{connect: {port: a, greeting: {id: 7, ...: true}}}",
        "{connect: a}, {closed: {port: a, within: 50}}",
        "{connect: a}, {call: {port: a, method: getEndpoints, params: {queueARNs: []}}}",
        "{connect: a}, {request: {port: a, method: noSuchMethod}}",
        "{connect: a}, {request: {port: a, method: describe, err: {code: internal, ...: true}}}",
        "{connect: a}, {request: {port: a, method: describe, data: {protocol: 7, ...: true}}}",
        "{connect: a}, {expect: {port: a, event: update_connected_ccps, clock: <string>}}",
        "{connect: a}, {find: {port: a, event: update_connected_ccps, from: <id:a>, within: 50}}",
        "{connect: a}, {request: {port: a, method: subscribe, params: {events: [x]}, mark: m}}, "
            + "{request: {port: a, method: subscribe, params: {events: [x]}, data: {clock: <clock:n>, ...: true}}}",
        "{connect: a}, {saw: {operation: GetAgentSnapshot, within: 50}}",
        "{connect: a}, {configure: a}, {saw: {operation: GetAgentSnapshot, bearer: token-2}}",
        "{connect: a}, {ready: a}, {total: {operation: GetAgentSnapshot, is: 0}}",
        "{connect: a}, {ready: a}, {frame: {topic: aws/heartbeat, is: {topic: aws/subscribe}}}",
        "{connect: a}, {ready: a}, {frames: {topic: aws/heartbeat, is: 0}}",
        "{backend: {dance: true}}", "{send: {port: nobody, event: synchronize}}",
    ]

    @Test("a scene that does not hold fails", arguments: wrong)
    func fails(_ steps: String) throws {
        let scene = try #require(try Scene.read(SceneTests.scene(steps), file: "wrong.yaml").first)
        let player = try Player(scene)
        #expect(throws: SceneFailure.self) { try player.play() }
    }
}
