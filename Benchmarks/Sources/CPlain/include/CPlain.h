// What Linux has and Swift's Glibc module does not show, and the plain fan-out that all systems are measured against.
#ifndef CPLAIN_H
#define CPLAIN_H

#include <stdint.h>

/// Starts a program: its standard input is /dev/null, its output and errors go to these descriptors. It is told
/// SIGTERM when the thread that started it ends. Returns its pid, or -1 with errno.
int32_t plain_spawn(const char *path, char *const arguments[], char *const environment[], int output, int errors);

/// The plain fan-out on a Unix socket: one thread, one epoll. Each line that a connection sends is written, as it stands,
/// to every connection, the sender too: no parsing, no queue, one write(2) a delivery. If `is_gathering`, lines that
/// came in one read are written together. Does not return unless it cannot begin: -1, with errno.
int plain_fan_out(const char *socket_path, int is_gathering);

/// A new epoll(7) instance, or -1 with errno.
int plain_poller(void);

/// Watches a descriptor for reading, and for writing as well if wanted; `is_known` if it is watched already. Returns 0,
/// or -1 with errno.
int plain_watch(int poller, int descriptor, uint32_t tag, int is_known, int for_writing);

/// Waits, and tells the tags of the descriptors that are ready, at most `room` of them (256). Returns how many.
int plain_wait(int poller, uint32_t *tags, int room, int milliseconds);

/// A descriptor that becomes readable at a time of the monotonic clock and then again and again, in nanoseconds; or -1
/// with errno.
int plain_timer(uint64_t start, uint64_t interval);

#endif
