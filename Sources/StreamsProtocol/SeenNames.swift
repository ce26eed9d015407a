/// The names an object has had so far: a list while it is short, a set once walking it would be quadratic.
struct SeenNames {
    // The first two have no list yet: most objects that are stepped over end here.
    private var first: JSONReader.Extent?
    private var second: JSONReader.Extent?
    private var few: [JSONReader.Extent] = []
    // By code units: a set of strings would take two normalizations of one name for the same.
    private var many: Set<[UInt8]> = []

    /// None, or one or two that have no escapes and are not the same.
    init(_ first: JSONReader.Extent? = nil, _ second: JSONReader.Extent? = nil) {
        self.first = first
        self.second = second
    }

    /// False if the object has a member of that name.
    mutating func insert(_ name: JSONReader.Extent, _ reader: JSONReader) throws(JSONError) -> Bool {
        // What has escapes is read once; it is not read again for each name that it is compared with.
        if name.isEscaped || few.count > 16 || !many.isEmpty { return try insertIntoMany(name, reader) }
        guard let first else {
            first = name
            return true
        }
        if reader.sayTheSame(first, name) { return false }
        guard let second else {
            second = name
            return true
        }
        if reader.sayTheSame(second, name) { return false }
        if few.contains(where: { reader.sayTheSame($0, name) }) { return false }
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
