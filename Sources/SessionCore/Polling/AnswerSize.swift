// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// Rejects answers of the service that no real agent has: they would be copied to every client.
enum AnswerSize {
    /// The longest name of a state, a queue or a contact, in bytes.
    private static let nameLimit = 64 << 10

    /// - Parameters:
    ///   - bytes: the size of the answers.
    ///   - limit: the most that is accepted.
    static func fault(bytes: Int, limit: Int, names: [JSON?]) -> ServiceError? {
        if bytes > limit {
            return ServiceError(
                type: "ResponseTooLarge", message: "the service sent \(bytes) bytes; \(limit) are accepted")
        }
        let longest = names.reduce(0) { max($0, $1?.string?.utf8.count ?? 0) }
        guard longest > nameLimit else { return nil }
        return ServiceError(
            type: "ResponseTooLarge",
            message: "the service sent a name of \(longest) bytes; \(nameLimit) are accepted")
    }
}
