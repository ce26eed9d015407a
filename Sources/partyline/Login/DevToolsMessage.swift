// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// The commands to a browser that a sign-in needs. They are in version 1.3 of the DevTools protocol, but for `filter`, which
/// older browsers ignore.
enum DevToolsCommand: Equatable {
    /// Asks for messages about all pages: those that exist, and later ones.
    case discoverPages
    /// Opens a window with that page.
    case open(String)
    /// Begins a session with a page, for `evaluate`.
    case attach(PageID)
    /// Runs JavaScript in a page, and waits for its promise.
    case evaluate(SessionID, String)
    case cookies
    /// Ends the browser.
    case close

    typealias PageID = String
    typealias SessionID = String

    /// The message, with its NUL. The answer has the same id.
    func message(id: Int) -> [UInt8] {
        var message = JSONObject([("id", .int(id)), ("method", .string(method)), ("params", params)])
        if case .evaluate(let session, _) = self { message["sessionId"] = .string(session) }
        return JSON.object(message).encoded + [0]
    }

    private var method: String {
        switch self {
        case .discoverPages: "Target.setDiscoverTargets"
        case .open: "Target.createTarget"
        case .attach: "Target.attachToTarget"
        case .evaluate: "Runtime.evaluate"
        case .cookies: "Storage.getCookies"
        case .close: "Browser.close"
        }
    }

    private var params: JSON {
        switch self {
        case .discoverPages: ["discover": true, "filter": [["type": "page"], ["exclude": true]]]
        case .open(let url): ["url": .string(url), "newWindow": true, "width": 560, "height": 760]
        case .attach(let page): ["targetId": .string(page), "flatten": true]
        case .evaluate(_, let script): ["expression": .string(script), "awaitPromise": true, "returnByValue": true]
        case .cookies, .close: [:]
        }
    }
}

/// A message from a browser, as far as a sign-in needs it.
enum DevToolsMessage: Equatable {
    typealias PageID = DevToolsCommand.PageID
    typealias SessionID = DevToolsCommand.SessionID

    /// The result of the command with that id.
    case result(Int, JSON)
    /// The command with that id failed, for the reason that the browser gives.
    case failure(Int, String)
    /// There is a new page, or a page has loaded something else; with its URL.
    case page(PageID, String)
    case gone(PageID)
    case attached(SessionID, PageID)
    case detached(SessionID)
    case other

    /// Deeper than any answer to these commands.
    private static let depthLimit = 128

    init(_ bytes: [UInt8]) throws(DevToolsFault) {
        let message: JSON
        do { message = try JSON(parsing: bytes, depthLimit: Self.depthLimit) } catch { throw .malformed }
        if let id = message["id"]?.int {
            self = Self.answer(id, message)
        } else {
            self = Self.event(message["method"]?.string ?? "", message["params"] ?? .null) ?? .other
        }
    }

    private static func answer(_ id: Int, _ message: JSON) -> DevToolsMessage {
        guard let error = message["error"] else { return .result(id, message["result"] ?? .null) }
        return .failure(id, error["message"]?.string ?? "no reason")
    }

    private static func event(_ method: String, _ params: JSON) -> DevToolsMessage? {
        switch method {
        case "Target.targetCreated", "Target.targetInfoChanged": page(params["targetInfo"] ?? .null)
        case "Target.targetDestroyed": params["targetId"]?.string.map { .gone($0) }
        case "Target.attachedToTarget": attached(params)
        case "Target.detachedFromTarget": params["sessionId"]?.string.map { .detached($0) }
        default: nil
        }
    }

    /// Nil for something else than a page that a person sees. A page that is loaded in advance has a subtype.
    private static func page(_ target: JSON) -> DevToolsMessage? {
        guard target["type"] == "page", target["subtype"]?.string ?? "" == "", let id = target["targetId"]?.string,
            let url = target["url"]?.string
        else { return nil }
        return .page(id, url)
    }

    private static func attached(_ params: JSON) -> DevToolsMessage? {
        guard let session = params["sessionId"]?.string, let id = params["targetInfo"]?["targetId"]?.string else {
            return nil
        }
        return .attached(session, id)
    }
}
