// SPDX-License-Identifier: Apache-2.0
import Testing

/// Tests with real parts: the binaries, a socket, HTTPS and websockets. They run one at a time: on a slow machine they
/// would slow each other down.
@Suite("End to end", .serialized)
enum EndToEnd {}
