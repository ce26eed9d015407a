/// The configuration file with every key, its meaning and its default: what `Config/partyline.yaml` holds.
enum DefaultConfiguration {
    static var text: String {
        var lines = [
            "# The configuration of partylined. Every key is here with its default; a key may also be given as an",
            "# environment variable (timers.scaleFrom is PARTYLINE_TIMERS_SCALE_FROM) or as --set KEY=VALUE.",
            "# Check a file without starting: partylined --check-config --config FILE",
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
