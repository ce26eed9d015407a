import AgentModel
import ArgumentParser
import StreamsProtocol

/// `--match PATH=VALUE`: the value at a path of the event's data.
struct EventMatch: Equatable, ExpressibleByArgument {
    let path: String
    let value: String

    init(path: String, value: String) {
        self.path = path
        self.value = value
    }

    init?(argument: String) {
        guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex else { return nil }
        path = String(argument[..<equals])
        value = String(argument[argument.index(after: equals)...])
    }

    /// True if the value is there and reads like this one. What is not there matches nothing.
    func holds(in data: JSON?) -> Bool {
        guard let data, let found = try? AgentPath(path).value(in: data) else { return false }
        return found.string == value || found.text == value
    }
}
