// SPDX-License-Identifier: Apache-2.0

// Linux calls that Swift's Glibc module does not export, and the plain fan-out that is the reference of the measures.
#ifndef CPLAIN_H
#define CPLAIN_H

#include <stdint.h>

/// Starts a program with /dev/null as its standard input and the descriptors as its standard output and error. It
/// receives SIGTERM when the thread that started it ends. Returns its pid, or -1 with errno.
int32_t plain_spawn(const char *path, char *const arguments[], char *const environment[], int output, int errors);

/// Serves the plain fan-out on a Unix socket: one thread, one epoll. Writes each line that a connection sends, unchanged,
/// to every connection including the sender: no parsing, no queue, one send(2) per delivery. If `is_gathering`, the lines
/// of one read are written together. Returns only if it cannot start: -1, with errno.
int plain_fan_out(const char *socket_path, int is_gathering);

/// A new epoll(7) instance, or -1 with errno.
int plain_poller(void);

/// Watches a descriptor for reading and, if `for_writing`, for writing. `is_known`: the descriptor is watched already.
/// Returns 0, or -1 with errno.
int plain_watch(int poller, int descriptor, uint32_t tag, int is_known, int for_writing);

/// Waits for events and stores the tags of the ready descriptors, at most `capacity` and at most 256. Returns their number,
/// 0 also on an error.
int plain_wait(int poller, uint32_t *tags, int capacity, int milliseconds);

/// A timer descriptor that becomes readable at `start` of the monotonic clock and then every `interval`, both in
/// nanoseconds; or -1 with errno.
int plain_timer(uint64_t start, uint64_t interval);

#endif
