import ConnectStreams

let connect = try Connect()
let connected = connect.onContactConnected
try await connect.start()
for try await event in connected where event.data.isInbound {
    print("show", event.contact.contactId)
}
