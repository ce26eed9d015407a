// SPDX-License-Identifier: Apache-2.0
extension [String: Int] {
    /// The three most frequent keys with their counts, as `87 × bye bad_lines`.
    var mostFrequent: [String] {
        sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(3).map { "\($0.value) × \($0.key)" }
    }
}
