// SPDX-License-Identifier: Apache-2.0
import AgentModel
import NIOCore
import StreamsProtocol

/// The backend's data and the requests it received. Confined to one event loop.
final class BackendCore {
    private let loop: any EventLoop
    /// Host and port. Empty until the listener is bound.
    var authority = ""
    var agent = AgentData()
    var failures: [Failure] = []
    /// Answers that replace the ordinary ones, by operation.
    var answers: [String: JSON] = [:]
    /// Page sizes by operation.
    var paging: [String: Int] = [:]
    /// The tokens that the CTI service accepts. Nil accepts all.
    var accepted: [String]?
    var region: JSON = ["InstanceArn": .string(Names.instance), "TerminateActiveContacts": false]
    let sockets = BackendSockets()
    private(set) var requests: [SeenRequest] = []
    private var version = 1
    private var held: [EventLoopPromise<Void>] = []
    private var counters: [String: Int] = [:]

    init(loop: any EventLoop) { self.loop = loop }

    // MARK: Requests

    func answer(_ request: SeenRequest) -> EventLoopFuture<BackendAnswer> {
        requests.append(request)
        guard let failure = takeFailure(for: request.operation) else { return ordinaryAnswer(request) }
        let core = NIOLoopBound(self, eventLoop: loop)
        return loop.flatScheduleTask(in: .milliseconds(failure.delay)) { () -> EventLoopFuture<BackendAnswer> in
            let core = core.value
            return failure.answer.map { core.loop.makeSucceededFuture($0) } ?? core.ordinaryAnswer(request)
        }.futureResult
    }

    /// False if the next websocket handshake is to fail.
    var opensSockets: Bool { !failures.contains { $0.operation == "socket" } }

    func note(_ request: SeenRequest) { requests.append(request) }

    /// A counter per kind, which makes URLs unique.
    func number(of thing: String) -> Int {
        counters[thing, default: 0] += 1
        return counters[thing, default: 0]
    }

    private func takeFailure(for operation: String) -> Failure? {
        guard let place = failures.firstIndex(where: { $0.operation == operation }) else { return nil }
        let failure = failures[place]
        guard let times = failure.times else { return failure }
        failures[place].times = times - 1
        if times <= 1 { failures.remove(at: place) }
        return failure
    }

    private func ordinaryAnswer(_ request: SeenRequest) -> EventLoopFuture<BackendAnswer> {
        if let answer = answers[request.operation] {
            return loop.makeSucceededFuture(.success(AgentData.served(answer)))
        }
        if let accepted, request.path == "/api", !accepted.contains(request.headers["x-amz-bearer"] ?? "") {
            return loop.makeSucceededFuture(.error(401, code: "UnauthorizedException", message: "an old token"))
        }
        guard request.operation == "GetAgentSnapshot" else {
            return loop.makeSucceededFuture(answerAtOnce(request))
        }
        return snapshot(request)
    }

    // MARK: The long poll

    /// Gives the snapshot a new version, which answers the long polls.
    func touch() {
        version += 1
        let held = self.held
        self.held = []
        for promise in held { promise.succeed() }
    }

    private func snapshot(_ request: SeenRequest) -> EventLoopFuture<BackendAnswer> {
        let core = NIOLoopBound(self, eventLoop: loop)
        return whenChanged(request).map { core.value.currentSnapshot }
    }

    private func whenChanged(_ request: SeenRequest) -> EventLoopFuture<Void> {
        guard request.body?["nextToken"] == .string("snapshot-\(version)") else {
            return loop.makeSucceededVoidFuture()
        }
        let promise = loop.makePromise(of: Void.self)
        held.append(promise)
        return promise.futureResult
    }

    private var currentSnapshot: BackendAnswer {
        .success([
            "snapshot": AgentData.served(.object(agent.snapshot)), "nextToken": .string("snapshot-\(version)"),
        ])
    }
}
