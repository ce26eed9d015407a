import ConnectStreams

let connect = try Connect()
try await connect.start()
let agent = try await connect.agent()
print(try agent.name ?? "", "is", try agent.state?.name ?? "")
