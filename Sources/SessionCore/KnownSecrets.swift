// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol

/// Removes the session's secrets from the service's errors, which may quote the request that they answer.
struct KnownSecrets {
    /// A shorter secret could be part of ordinary words.
    private static let shortest = 8
    /// A longer error body is dropped, in bytes: its text would be passed on to every client.
    private static let longestError = 64 << 10
    private static let replacement = "[removed]"

    private let texts: [String]

    /// Secrets may be nil, as before the first token.
    init(_ secrets: [Secret?]) {
        let plain = secrets.compactMap { $0?.reveal() }.filter { $0.utf8.count >= Self.shortest }
        // JSON may escape a slash, and base64 tokens contain slashes.
        texts = plain + plain.filter { $0.contains("/") }.map { $0.replacing("/", with: "\\/") }
    }

    func removed(from text: String) -> String {
        texts.reduce(text) { $0.contains($1) ? $0.replacing($1, with: Self.replacement) : $0 }
    }

    /// Leaves a success as it is: its content is data that clients asked for.
    func removed(from outcome: HTTPOutcome) -> HTTPOutcome {
        guard case .response(var response) = outcome, !response.isSuccess else { return outcome }
        if response.body.count > Self.longestError { response.body = [] }
        for text in texts {
            response.body = response.body.replacing(Array(text.utf8), with: Array(Self.replacement.utf8))
        }
        response.reason = removed(from: response.reason)
        return .response(response)
    }
}
