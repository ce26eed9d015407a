// SPDX-License-Identifier: Apache-2.0
import AgentModel

@testable import ConduitCore

extension ConduitHarness {
    /// The state that a restart finds if the daemon ends after the first `count` changes; after all of them by default.
    func state(after former: KeptState = .fresh, changes count: Int? = nil) -> KeptState {
        let changes = kept.prefix(count ?? kept.count)
        var former = former
        if let start = erasedUpTo { former = KeptState(runs: [], lines: [], agent: nil, memory: .null, next: start) }
        let next = changes.last?.next ?? former.next
        return KeptState(
            runs: former.runs + [KeptRun(epoch: conduit.settings.epoch, last: next - 1)],
            lines: former.lines + changes.flatMap(\.lines),
            agent: changes.last { $0.agent != nil }?.agent ?? former.agent,
            memory: changes.last { $0.memory != nil }?.memory ?? former.memory, next: next, floor: former.floor)
    }

    /// A daemon that keeps its state and starts with that of a former run.
    static func run(
        _ epoch: String, after kept: KeptState = .fresh, _ change: (inout ConduitSettings) -> Void = { _ in }
    ) -> ConduitHarness {
        ConduitHarness(kept: kept) {
            $0.epoch = epoch
            $0.keepsState = true
            change(&$0)
        }
    }
}
