// SPDX-License-Identifier: Apache-2.0
import Glibc
import Testing

@testable import PartylineDaemon

@Suite("Open files and SIGHUP")
struct ProcessTests {
    @Test(
        "the soft limit of open files is raised to what is useful, at most the hard limit, and never lowered",
        arguments: [
            (1024, 524_288, 4096, 65_536), (1024, 4096, 4096, 4096), (1024, 1024, 4096, 1024),
            (100_000, 524_288, 4096, 100_000), (1024, rlim_t.max, 4096, 65_536), (1024, 524_288, 65_536, 65_600),
            (rlim_t.max, rlim_t.max, 4096, rlim_t.max),
        ] as [(rlim_t, rlim_t, Int, rlim_t)])
    func wanted(_ soft: rlim_t, _ hard: rlim_t, _ ports: Int, _ expected: rlim_t) {
        #expect(DescriptorLimit.wanted(soft: soft, hard: hard, ports: ports) == expected)
    }

    @Test("a limit too low for limits.uidPorts → a warning that names both remedies")
    func warning() throws {
        #expect(DescriptorLimit.warning(4160, ports: 4096) == nil)
        for (limit, calls, ports) in [(1024, 256, 704), (65_536, 1024, 64_448), (10, 2, 1), (0, 1, 1)]
            as [(rlim_t, Int, Int)]
        {
            let shares = DescriptorLimit.Shares(limit)
            #expect(shares.calls == calls && shares.ports == ports)
        }
        #expect(DescriptorLimit.Shares(rlim_t.max).calls == 1024)
        #expect(DescriptorLimit.warning(rlim_t.max, ports: 4096) == nil)
        let warning = try #require(DescriptorLimit.warning(4159, ports: 4096))
        #expect(warning.contains("4159") && warning.contains("4096"))
        #expect(warning.contains("LimitNOFILE=") && warning.contains("limits.uidPorts"))
    }

    @Test("SIGHUP → reload; after the terminal was closed → end")
    func hangUp() throws {
        var (terminal, program): (CInt, CInt) = (-1, -1)
        try #require(openpty(&terminal, &program, nil, nil, nil) == 0)
        defer { close(program) }
        let hangUp = HangUp(program)
        #expect(hangUp.meaning == .reload)
        close(terminal)
        #expect(hangUp.meaning == .end)
    }

    @Test("SIGHUP without a terminal → always reload")
    func noTerminal() throws {
        var ends: [CInt] = [0, 0]
        try #require(pipe(&ends) == 0)
        let hangUp = HangUp(ends[1])
        #expect(hangUp.meaning == .reload)
        close(ends[0])
        #expect(hangUp.meaning == .reload)
        close(ends[1])
    }
}
