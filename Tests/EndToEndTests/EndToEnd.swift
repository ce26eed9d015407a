import Testing

/// Everything with real parts: the binaries, a socket, HTTPS and websockets. One at a time, so that a slow machine is
/// slow for one test only.
@Suite("End to end", .serialized)
enum EndToEnd {}
