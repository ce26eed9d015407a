// SPDX-License-Identifier: Apache-2.0

/// Scenarios that `--scenario` takes by name instead of a file.
public enum BuiltInScenario {
    /// The scenario's YAML text, or nil if there is no built-in scenario of that name.
    public static func named(_ name: String) -> String? { name == "demo" ? demo : nil }

    /// A copy of Config/simulator/demo.yaml: an installed `partyline demo` must not depend on the source tree.
    static let demo = """
        # About half a minute of an agent's day. Only customers and the network act: the agent is the demo client.
        description: A call, a chat, and a websocket that is cut and reconnects.
        duration: 30
        steps:
          - {at: 4, do: incoming, as: call, type: voice, customer: "+12065550123", queue: Support, ringSeconds: 20,
             attributes: {plan: gold, language: en}}
          - {at: 15, do: customer-hangs-up, contact: call}
          - {at: 20, do: incoming, as: chat, type: chat, customer: Kim, queue: Sales, ringSeconds: 20}
          - {at: 22, do: customer-says, contact: chat, text: "Hello, is anybody there?"}
          - {at: 24, do: customer-says, contact: chat, text: "I would like to change my order."}
          - {at: 25, do: websocket-drop}
          - {at: 28, do: customer-hangs-up, contact: chat}
          - {at: 30, do: clock-real}

        """
}
