// SPDX-License-Identifier: Apache-2.0

/// The member names of an object so far: a list while it is short, a set when searching a list would be quadratic.
struct SeenNames {
    // The first two names need no allocation. Most objects have no more.
    private var first: JSONReader.Extent?
    private var second: JSONReader.Extent?
    private var few: [JSONReader.Extent] = []
    // UTF-8 code units: a set of strings would treat different normalizations of a name as equal.
    private var many: Set<[UInt8]> = []

    /// The names must have no escapes and must differ.
    init(_ first: JSONReader.Extent? = nil, _ second: JSONReader.Extent? = nil) {
        self.first = first
        self.second = second
    }

    /// False if the object already has a member of that name.
    mutating func insert(_ name: JSONReader.Extent, _ reader: JSONReader) throws(JSONError) -> Bool {
        // A name with escapes is unescaped once, not for each comparison.
        if name.isEscaped || few.count > 16 || !many.isEmpty { return try insertIntoMany(name, reader) }
        guard let first else {
            first = name
            return true
        }
        if reader.areEqual(first, name) { return false }
        guard let second else {
            second = name
            return true
        }
        if reader.areEqual(second, name) { return false }
        if few.contains(where: { reader.areEqual($0, name) }) { return false }
        few.append(name)
        return true
    }

    private mutating func insertIntoMany(
        _ name: JSONReader.Extent, _ reader: JSONReader
    ) throws(JSONError) -> Bool {
        if many.isEmpty {
            for former in [first, second].compactMap(\.self) + few {
                many.insert(Array(try reader.text(of: former).utf8))
            }
        }
        return many.insert(Array(try reader.text(of: name).utf8)).inserted
    }
}
