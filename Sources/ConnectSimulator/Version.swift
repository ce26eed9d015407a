// SPDX-License-Identifier: Apache-2.0

/// The version of `connect-simulator`, which is that of partyline: both are released together.
public let simulatorVersion = "0.1.0"
