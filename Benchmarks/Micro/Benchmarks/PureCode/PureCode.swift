// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Benchmark
import ConduitCore
import StreamsProtocol

/// The pure code between reading and writing a socket.
let benchmarks: @Sendable () -> Void = {
    let settings = Benchmark.Configuration(
        metrics: [.wallClock, .instructions, .throughput], maxDuration: .seconds(2), maxIterations: 100_000)
    codec(settings)
    agents(settings)
    fanOut(settings)
}

private func codec(_ settings: Benchmark.Configuration) {
    for size in [1024, 8192] {
        let line = Samples.broadcast(size)
        Benchmark("decode a line of \(size) bytes", configuration: settings) { benchmark in
            for _ in benchmark.scaledIterations { blackHole(try ClientMessage(line: line)) }
        }
    }
    let agent = Samples.agent("connected").json
    let text = agent.encoded
    Benchmark("parse an agent of \(text.count / 1000) KB", configuration: settings) { benchmark in
        for _ in benchmark.scaledIterations { blackHole(try JSON(parsing: text)) }
    }
    Benchmark("encode agent::update", configuration: settings) { benchmark in
        for _ in benchmark.scaledIterations { blackHole(ServerLine.encode("agent::update", agent)) }
    }
}

/// The work after a long poll's answer: aliases, derivation, encoding and the event log.
private func agents(_ settings: Benchmark.Configuration) {
    let agents = [Samples.agent("connected"), Samples.agent("ended")]
    for (name, step) in [("publish an unchanged agent", 0), ("publish an agent with one contact changed", 1)] {
        Benchmark(name, configuration: settings) { benchmark in
            var fixture = ConduitFixture(ports: 0)
            _ = fixture.handle(.agent(agents[0]))
            benchmark.startMeasurement()
            for index in benchmark.scaledIterations {
                blackHole(fixture.handle(.agent(agents[(index + 1) * step % 2])))
            }
        }
    }
}

/// One line from a client, and the batches for 100 ports that follow from it.
private func fanOut(_ settings: Benchmark.Configuration) {
    for size in [1024, 8192] {
        let message = Samples.broadcast(size)
        for isSubscribed in [false, true] {
            let kind = isSubscribed ? "subscribers" : "Streams ports"
            Benchmark("a line of \(size) bytes to 100 \(kind)", configuration: settings) { benchmark in
                var fixture = ConduitFixture(ports: 100)
                if isSubscribed { fixture.subscribe() }
                fixture.fetchAll()
                benchmark.startMeasurement()
                for _ in benchmark.scaledIterations {
                    blackHole(fixture.send(message))
                    blackHole(fixture.fetchAll())
                }
            }
        }
    }
}
