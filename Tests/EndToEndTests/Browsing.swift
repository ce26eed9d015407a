// SPDX-License-Identifier: Apache-2.0
import ConnectStreams
import Foundation
import Glibc
import Testing

/// A person at a real Chromium without a window: an extension that fills in forms, and a script that starts the browser with it.
struct Person {
    /// Whether this machine has the browser.
    static let hasBrowser = FileManager.default.isExecutableFile(atPath: "/usr/bin/chromium")

    /// What the person does on each page, in JavaScript. `type(name, password)` fills a form in and sends it, `closeWindow()`
    /// closes the window, and `text` is the page's text.
    private static let helpers = """
        const text = document.body ? document.body.textContent : '';
        const field = (name) => document.querySelector('input[name=' + name + ']');
        const type = (name, password) => {
          if (!field('username')) return;
          field('username').value = name;
          field('password').value = password;
          field('username').form.requestSubmit();
        };
        const closeWindow = () => chrome.runtime.sendMessage('close');

        """

    private static let manifest = """
        {"manifest_version":3,"name":"person","version":"1","background":{"service_worker":"background.js"},
        "content_scripts":[{"matches":["https://127.0.0.1/*","https://localhost/*"],"js":["person.js"]}]}
        """

    private static let background = """
        chrome.runtime.onMessage.addListener((message, sender) => { chrome.windows.remove(sender.tab.windowId); });
        """

    private let stage: Stage
    private let folder: String

    init(at stage: Stage, _ script: String) throws {
        self.stage = stage
        folder = "\(stage.folder)/person-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (name, content) in [
            ("manifest.json", Self.manifest), ("background.js", Self.background), ("person.js", Self.helpers + script),
        ] { try content.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8) }
        // The browser does not know the simulator's authority.
        let start = """
            #!/bin/sh
            exec /usr/bin/chromium --load-extension=\(folder) --disable-extensions-except=\(folder) \
              --ignore-certificate-errors "$@"
            """
        try start.write(toFile: browser, atomically: true, encoding: .utf8)
        chmod(browser, 0o755)
    }

    private var browser: String { "\(folder)/browser" }

    /// Starts `partyline login` with this person at the browser.
    func login(_ more: String...) throws -> Program {
        // Chromium has no sandbox for root.
        let root = geteuid() == 0 ? ["--no-sandbox"] : []
        return try Program(
            "partyline", ["--socket", stage.socket, "login", "--headless", "--browser", browser] + root + more,
            environment: Self.environment(stage), folder: stage.folder)
    }

    static func environment(_ stage: Stage) -> [String: String] { ["XDG_STATE_HOME": "\(stage.folder)/x"] }

    /// True while a browser with a profile of this stage runs.
    static func isBrowsing(_ stage: Stage) throws -> Bool {
        let processes = try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { Int($0) != nil }
        return processes.contains { id in
            let line = (try? String(contentsOfFile: "/proc/\(id)/cmdline", encoding: .utf8)) ?? ""
            return line.contains("user-data-dir=\(stage.folder)/x/")
        }
    }
}
