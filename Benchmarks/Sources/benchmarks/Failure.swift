/// Why something could not be measured, in words for whoever runs the benchmarks.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
