// SPDX-License-Identifier: Apache-2.0

/// Finds the word that was probably meant by a mistyped one.
public enum NearestWord {
    /// The most similar of the words; nil if none is similar enough.
    public static func of(_ word: String, among words: [String]) -> String? {
        // A longer word is not a typo, and the cost of the comparison grows with the length, which a client chooses.
        guard word.utf8.count <= 64 else { return nil }
        let near = words.map { ($0, distance(Array($0.lowercased().utf8), Array(word.lowercased().utf8))) }
            .min { $0.1 < $1.1 }
        guard let near, near.1 <= max(2, word.utf8.count / 3), near.1 < near.0.utf8.count else { return nil }
        return near.0
    }

    /// The Levenshtein distance.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (index, letter) in left.enumerated() {
            var corner = row[0]
            row[0] = index + 1
            for place in right.indices {
                let above = row[place + 1]
                row[place + 1] = right[place] == letter ? corner : min(corner, above, row[place]) + 1
                corner = above
            }
        }
        return row[right.count]
    }
}
