// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// The quick connects that clients have asked for, fetched page by page. Requests for the same queues that arrive while a
/// round is under way share it, however many clients ask.
struct QuickConnects: Equatable {
    /// The request that a round answers: a `getQuickConnects`, or a `call` of getEndpoints.
    enum Asker: Equatable {
        case request(ReplyTicket)
        case call(RequestTicket)
    }

    struct Round: Equatable {
        let number: Int
        let queueARNs: [String]
        var askers: [Asker]
        private(set) var endpoints: [JSON] = []
        private var known: Set<String> = []
        private(set) var pages = 0
        private(set) var bytes = 0

        init(number: Int, queueARNs: [String], asker: Asker) {
            (self.number, self.queueARNs, askers) = (number, queueARNs, [asker])
        }

        /// Adds a page, without the quick connects that another queue has had already.
        mutating func add(_ page: [JSON], bytes more: Int) {
            pages += 1
            bytes += more
            endpoints += page.filter { endpoint in
                guard let arn = endpoint["endpointARN"]?.string else { return true }
                return known.insert(arn).inserted
            }
        }
    }

    /// Different sets of queues at the same time.
    static let roundLimit = 16
    /// The queues of one request.
    static let queueLimit = 1000
    /// The longest ARN, in bytes.
    static let arnLimit = 1024
    /// Pages of `pageSize` quick connects.
    static let pageLimit = 100
    /// As Streams asks for.
    static let pageSize = 500
    /// The bytes of all pages together. A reply has the list twice, and has to fit the 4 MiB of `limits.replyBytes`.
    static let byteLimit = 7 << 18

    private(set) var rounds: [Round] = []
    private var last = 0

    /// The requests of all rounds.
    var askers: [Asker] { rounds.flatMap(\.askers) }

    /// Returns true if a round for these queues is under way, whose result the request shares.
    mutating func join(_ queueARNs: [String], _ asker: Asker) -> Bool {
        let queues = Set(queueARNs)
        guard let index = rounds.firstIndex(where: { Set($0.queueARNs) == queues }) else { return false }
        rounds[index].askers.append(asker)
        return true
    }

    /// Nil if there are too many.
    mutating func begin(_ queueARNs: [String], _ asker: Asker) -> Round? {
        guard rounds.count < Self.roundLimit else { return nil }
        last += 1
        let round = Round(number: last, queueARNs: queueARNs, asker: asker)
        rounds.append(round)
        return round
    }

    /// Adds a page and returns the round; nil if it has ended.
    mutating func add(_ page: [JSON], bytes: Int, to number: Int) -> Round? {
        guard let index = rounds.firstIndex(where: { $0.number == number }) else { return nil }
        rounds[index].add(page, bytes: bytes)
        return rounds[index]
    }

    /// Ends a round and returns the requests to answer.
    mutating func end(_ number: Int) -> [Asker] {
        defer { rounds.removeAll { $0.number == number } }
        return rounds.first { $0.number == number }?.askers ?? []
    }
}
