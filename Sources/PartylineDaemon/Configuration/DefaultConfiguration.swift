// SPDX-License-Identifier: Apache-2.0

/// The configuration file with every key, its meaning and its default. `Config/partyline.yaml` is a copy of it.
enum DefaultConfiguration {
    static var text: String {
        var lines = [
            "# The configuration of partylined: every key with its default. A key can also be set by an environment",
            "# variable (timers.scaleFrom is PARTYLINE_TIMERS_SCALE_FROM) or with --set KEY=VALUE.",
            "# To check a file without starting: partylined --check-config --config FILE",
        ]
        var section = ""
        for key in ConfigurationKeys.all {
            let parts = key.components
            let indent = parts.count == 2 ? "  " : ""
            if parts.count == 2, parts[0] != section {
                section = parts[0]
                lines += ["", "# \(ConfigurationKeys.sections[section] ?? "")", "\(section):"]
            } else {
                lines.append("")
            }
            lines += key.meaning.split(separator: "\n").map { "\(indent)# \($0)" }
            lines.append("\(indent)# \(key.note)")
            lines.append("\(indent)\(parts[parts.count - 1]):" + (key.fallback.isEmpty ? "" : " \(key.fallback)"))
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
