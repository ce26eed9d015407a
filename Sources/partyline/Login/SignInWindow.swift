// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// Decides what a browser is told while a person signs in: opens the sign-in page, asks the pages of the service whether
/// they are signed in, and takes the cookies then. Pure: takes messages with the time in milliseconds, and returns steps.
///
/// It begins sessions only with pages of the service. Of an identity provider's pages it learns only the URLs. Sessions
/// with all pages (`Target.setAutoAttach`) would hold every new window until it is told to run.
struct SignInWindow {
    typealias PageID = DevToolsCommand.PageID
    typealias SessionID = DevToolsCommand.SessionID

    enum Step: Equatable {
        case send(DevToolsCommand, id: Int)
        case end(Outcome)
    }

    enum Outcome: Equatable {
        /// The browser is signed in, with these cookies.
        case signedIn(Secret)
        /// The person closed the window.
        case closed
        case failed(String)
    }

    /// From one question to the next.
    static let interval: Int64 = 2000
    /// The same for a page that has changed. A page that never stops changing must not be asked without a pause.
    static let shortInterval: Int64 = 500

    private struct Page {
        var url: String
        var session: SessionID?
        /// The command that is not answered yet.
        var pending: Int?
        var asked: Int64?
        /// When to ask next.
        var due: Int64
    }

    private let page: String
    private let check: SignInCheck
    private var pages: [PageID: Page] = [:]
    private var lastID = 0
    private var opening: Int?
    /// The command that takes the cookies.
    private var taking: Int?
    private var isOver = false
    /// True once there was a page.
    private(set) var hasOpened = false

    /// - Parameter page: the URL of the sign-in page.
    init(page: String, check: SignInCheck) { (self.page, self.check) = (page, check) }

    mutating func begin() -> [Step] {
        let discovery = send(.discoverPages)
        let step = send(.open(page))
        opening = lastID
        return [discovery, step]
    }

    /// When `tick` is due.
    var nextDeadline: Int64? {
        guard taking == nil, !isOver else { return nil }
        return pages.values.filter(isAskable).map(\.due).min()
    }

    mutating func tick(at now: Int64) -> [Step] { ask(now) }

    mutating func handle(_ message: DevToolsMessage, at now: Int64) -> [Step] {
        guard !isOver else { return [] }
        let steps: [Step] =
            switch message {
            case .result(let id, let result): take(result, of: id)
            case .failure(let id, let reason): fail(id, reason)
            case .page(let id, let url): note(id, url, now)
            case .gone(let id): remove(id)
            case .attached(let session, let id): begin(session, id, now)
            case .detached(let session): end(session)
            case .other: []
            }
        return steps + ask(now)
    }

    // MARK: Questions

    private mutating func ask(_ now: Int64) -> [Step] {
        guard taking == nil, !isOver else { return [] }
        return pages.filter { isAskable($0.value) && $0.value.due <= now }.map(\.key).sorted().map { ask($0, now) }
    }

    /// Asks the page; without a session, begins one instead.
    private mutating func ask(_ id: PageID, _ now: Int64) -> Step {
        let session = pages[id]?.session
        let step = send(session.map { .evaluate($0, check.script) } ?? .attach(id))
        pages[id]?.pending = lastID
        pages[id]?.asked = now
        pages[id]?.due = now + Self.interval
        return step
    }

    /// Origins are compared, not the beginnings of URLs: https://host.example begins like https://host.
    private func isAskable(_ page: Page) -> Bool { page.pending == nil && WebOrigin(page.url) == check.origin }

    private mutating func send(_ command: DevToolsCommand) -> Step {
        lastID += 1
        return .send(command, id: lastID)
    }

    // MARK: Answers

    private mutating func take(_ result: JSON, of id: Int) -> [Step] {
        if id == taking {
            let cookies = result["cookies"]?.array ?? []
            return end(.signedIn(CookieText.netscape(cookies, host: check.origin.host)))
        }
        guard let page = page(pending: id) else { return [] }
        pages[page]?.pending = nil
        guard taking == nil, result["result"]?["value"] == true else { return [] }
        let step = send(.cookies)
        taking = lastID
        return [step]
    }

    /// A question fails if the page loads another one meanwhile.
    private mutating func fail(_ id: Int, _ reason: String) -> [Step] {
        if id == opening { return end(.failed("the browser cannot open a window: \(reason)")) }
        if id == taking { return end(.failed("the browser does not hand over its cookies: \(reason)")) }
        if let page = page(pending: id) { pages[page]?.pending = nil }
        return []
    }

    private func page(pending id: Int) -> PageID? { pages.first { $0.value.pending == id }?.key }

    private mutating func end(_ outcome: Outcome) -> [Step] {
        isOver = true
        return [.end(outcome)]
    }

    // MARK: Pages

    private mutating func note(_ id: PageID, _ url: String, _ now: Int64) -> [Step] {
        hasOpened = true
        var page = pages[id] ?? Page(url: url, due: now)
        page.url = url
        page.due = min(page.due, page.asked.map { $0 + Self.shortInterval } ?? now)
        pages[id] = page
        return []
    }

    private mutating func remove(_ id: PageID) -> [Step] {
        pages[id] = nil
        // A person who has just signed in may close the window before the cookies have arrived.
        return hasOpened && pages.isEmpty && taking == nil ? end(.closed) : []
    }

    private mutating func begin(_ session: SessionID, _ id: PageID, _ now: Int64) -> [Step] {
        pages[id]?.session = session
        pages[id]?.pending = nil
        pages[id]?.due = now
        return []
    }

    private mutating func end(_ session: SessionID) -> [Step] {
        guard let page = pages.first(where: { $0.value.session == session })?.key else { return [] }
        pages[page]?.session = nil
        pages[page]?.pending = nil
        return []
    }
}
