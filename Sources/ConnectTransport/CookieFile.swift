import FoundationEssentials
import Logging

/// The cookie file and what answers have changed since it was read. The file wins whenever somebody has written it
/// anew: a sign-in elsewhere.
struct CookieFile {
    private let path: String?
    private let logger: Logger
    private var lastText: String?
    private(set) var jar = CookieJar()

    init(path: String?, logger: Logger) {
        self.path = path
        self.logger = logger
    }

    /// Looks whether the file has changed, and takes its cookies if so.
    mutating func refresh() {
        guard let path else { return }
        guard let data = try? Data(contentsOf: URL(filePath: path)) else {
            logger.warning("the cookie file cannot be read", metadata: ["session.cookieFile": "\(path)"])
            return
        }
        let text = String(decoding: data, as: UTF8.self)
        guard text != lastText else { return }
        lastText = text
        jar = CookieJar(netscape: text)
        if jar.isEmpty {
            logger.warning("the cookie file holds no cookies", metadata: ["session.cookieFile": "\(path)"])
        }
    }

    mutating func take(setCookie header: String, host: String) { jar.take(setCookie: header, host: host) }
}
