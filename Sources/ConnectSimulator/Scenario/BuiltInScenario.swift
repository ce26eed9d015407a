/// Scenarios that need no file, by the name that `--scenario` takes.
public enum BuiltInScenario {
    /// The YAML text of a scenario of that name, or nil if there is none.
    public static func named(_ name: String) -> String? { name == "demo" ? demo : nil }

    /// The same as Config/simulator/demo.yaml, so that an installed `partyline demo` finds it anywhere.
    static let demo = """
        # About half a minute of an agent's day, customers and network only: the agent is the demo client.
        description: A call, a chat, and a websocket that goes away and comes back.
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

        """
}
