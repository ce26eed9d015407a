// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The browser that shows the sign-in page.
struct Browser: Equatable {
    let path: String
    var isHeadless = false
    var hasSandbox = true

    /// In this order. All are Chromium, whose DevTools protocol `SignInWindow` speaks.
    static let names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"]

    /// What helps where no browser can open a window.
    static let others = [
        "partyline login --print-url   prints the sign-in page, for a browser on another machine",
        "partyline login --cookies FILE   hands over the cookies of a browser",
    ]

    /// Finds the chosen program, or one of the names.
    ///
    /// - Parameter path: finds a program in the `PATH`.
    static func find(
        _ chosen: String?, path: (String) -> String? = { Programs.path($0) }
    ) throws(CommandFailure) -> Browser {
        let candidates = chosen.map { [$0] } ?? names
        if let found = candidates.lazy.compactMap(path).first { return Browser(path: found) }
        let missing =
            chosen.map { "there is no program \($0)" } ?? "neither Chromium nor Google Chrome is in the PATH"
        throw CommandFailure(
            status: .failure, message: "\(missing), so no sign-in page can be opened",
            next: (chosen == nil ? ["partyline login --browser PATH"] : ["partyline login"]) + others)
    }

    /// A browser without a display would end with a message that only its developers understand.
    func checkDisplay(_ variable: (String) -> String? = Variables.value) throws(CommandFailure) {
        guard !isHeadless, variable("DISPLAY") == nil, variable("WAYLAND_DISPLAY") == nil else { return }
        throw CommandFailure(
            status: .failure,
            message: "there is no display for a sign-in window: neither DISPLAY nor WAYLAND_DISPLAY is set",
            next: Self.others)
    }

    /// Why the sandbox must stay; nil if it may be left out. Chromium cannot use it as root, and any other user needs it.
    static func sandboxProblem(isLeftOut: Bool, uid: UInt32 = geteuid()) -> String? {
        isLeftOut && uid != 0 ? "--no-sandbox is only for root: pages could then do whatever this user may do" : nil
    }

    /// The command line. The sign-in page is not in it, because every user can read it. A pipe, unlike a port, is closed to
    /// every other program. The window has an address bar: a person should see where a password is typed.
    func command(profile: String) -> [String] {
        let flags = [
            "--remote-debugging-pipe", "--user-data-dir=\(profile)", "--no-startup-window", "--no-first-run",
            "--no-default-browser-check",
        ]
        return [path] + flags + (isHeadless ? ["--headless"] : []) + (hasSandbox ? [] : ["--no-sandbox"])
    }
}
