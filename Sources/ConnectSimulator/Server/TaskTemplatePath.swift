import HTTPTypes

/// A path of the task-template service.
struct TaskTemplatePath: Sendable, Equatable {
    /// What comes after `…/task-templates/api/ccp`.
    private let parts: [String]

    init(_ path: String) {
        let all = path.split(separator: "/").map(String.init)
        let start = all.firstIndex(of: "ccp").map { $0 + 1 } ?? 0
        parts = Array(all[start...])
    }

    var text: String { "/" + parts.joined(separator: "/") }

    func call(
        _ method: HTTPRequest.Method, query: [String: String], body: JSON
    ) throws(ServiceFault) -> SideCall {
        if method == .put, parts == ["createTemplatedTask"] { return .createTemplatedTask(body) }
        if method == .post, parts == ["updateContact"] { return .updateContact(body) }
        // /proxy/instance/<instance>/task/template[/<template>]
        guard method == .get, parts.count >= 5, parts[0] == "proxy", parts[1] == "instance", parts[3] == "task",
            parts[4] == "template", parts.count <= 6
        else { throw .unknownOperation("\(method.rawValue) \(text)") }
        guard parts.count == 6 else { return .listTaskTemplates(instanceId: parts[2], query: query) }
        return .getTaskTemplate(instanceId: parts[2], id: parts[5], version: query["snapshotVersion"])
    }
}
