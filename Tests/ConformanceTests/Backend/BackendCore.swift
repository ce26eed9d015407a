import AgentModel
import NIOCore
import StreamsProtocol

/// What the backend serves and what it has seen. It lives on one event loop and is touched there only.
final class BackendCore {
    private let loop: any EventLoop
    /// Host and port, once there is a listener.
    var authority = ""
    var agent = AgentData()
    var failures: [Failure] = []
    /// Answers that replace the ordinary ones, by operation.
    var answers: [String: JSON] = [:]
    /// Elements in a page, by operation.
    var paging: [String: Int] = [:]
    /// The only tokens that the CTI service takes; nil for all.
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

    /// True if the next handshake may become a websocket.
    var opensSockets: Bool { !failures.contains { $0.operation == "socket" } }

    func note(_ request: SeenRequest) { requests.append(request) }

    /// A number that grows each time, for URLs that can be told apart.
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

    /// The snapshot changed, or is to be taken for changed.
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
