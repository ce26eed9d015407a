// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import benchmarks

@Suite struct ReportTests {
    private static let machine = Machine(processor: "A Processor", cores: 2, memoryGiB: 24, kernel: "6.1")

    @Test("the median is the middle value, or the mean of the two middle values")
    func medians() {
        #expect([Double]().median == 0)
        #expect([3.0].median == 3)
        #expect([9.0, 1, 5].median == 5)
        #expect([9.0, 1, 5, 4].median == 4.5)
    }

    @Test("cells have commas between thousands and fewer digits for larger values")
    func cells() {
        #expect(Cell.number(1_234_567).text == "1,234,567")
        #expect(Cell.number(-1234.5, digits: 1, unit: "ms").text == "-1,234.5 ms")
        #expect(Cell.milliseconds(1_234_567).text == "1.235 ms")
        #expect(Cell.milliseconds(12_345_678).text == "12.35 ms")
        #expect(Cell.ratio(0.954).text == "0.95")
    }

    @Test("a table is Markdown with aligned columns")
    func table() {
        var table = Table(title: "T", columns: ["a", "long"], rows: [["first", "1"], ["b", .ratio(2)]])
        table.notes = ["One.", "Two."]
        #expect(
            table.markdown == """
                **T**

                | a     | long |
                | ----- | ---: |
                | first |    1 |
                | b     | 2.00 |

                One. Two.

                """)
    }

    @Test("a section replaces the previous one of its name; others stay, in the order of the measures")
    func merging() throws {
        let readme = "# R\n<!-- results -->\n\n### b\n\nold b\n\n### a\n\nold a\n\n<!-- /results -->\nafter\n"
        var report = Report(machine: Self.machine)
        report.sections = [.init(measure: "b", day: "2026-01-31", tables: [Table(title: "T", columns: ["x"])])]
        let merged = try report.merged(into: readme, order: ["a", "b", "c"])
        #expect(
            merged == """
                # R
                <!-- results -->

                ### a

                old a

                ### b

                2026-01-31, A Processor, 2 cores, 24 GiB, Linux 6.1.

                **T**

                | x   |
                | --- |

                <!-- /results -->
                after

                """)
        #expect(try report.merged(into: merged, order: ["a", "b", "c"]) == merged)
    }

    @Test("a file without the result markers → an error")
    func noPlace() {
        #expect(throws: Failure.self) { try Report(machine: Self.machine).merged(into: "# R\n", order: []) }
    }

    @Test("the log's warnings are counted by message")
    func journal() {
        let lines = """
            2026-01-31T00:00:00.000Z info: listening pid=1
            2026-01-31T00:00:01.000Z warning: a port was closed: 100 bad lines in a row pid=7 uid=0
            2026-01-31T00:00:02.000Z warning: a port was closed: 100 bad lines in a row pid=8 uid=0
            2026-01-31T00:00:03.000Z warning: a port is too slow pid=9
            """
        #expect(JournalTally(lines).text == "2 × a port was closed: N bad lines in a row; 1 × a port is too slow")
        #expect(JournalTally("").text == "–")
    }
}
