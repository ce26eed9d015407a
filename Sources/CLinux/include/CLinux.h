// SPDX-License-Identifier: Apache-2.0

// Linux types and functions that Swift's Glibc module does not export, because they need _GNU_SOURCE.
#ifndef CLINUX_H
#define CLINUX_H

#include <stdbool.h>
#include <stdint.h>

/// struct ucred of unix(7): the process at the other end of a Unix socket, as getsockopt(SO_PEERCRED) returns it.
struct clinux_ucred {
    int32_t pid;
    uint32_t uid;
    uint32_t gid;
};

/// SO_PEERCRED, whose value depends on the architecture.
extern const int clinux_so_peercred;

/// Writes the supplementary groups of the process that connected to `groups`, as getsockopt(SO_PEERGROUPS) returns them (Linux
/// 4.13). `bytes` is the size of the buffer before the call and the size of the list after it.
/// Returns 0, or -1 with errno. With ERANGE the buffer was too small, and `bytes` is the required size.
int clinux_peer_groups(int descriptor, uint32_t *groups, uint32_t *bytes);

/// Creates an empty anonymous file in memory (memfd_create(2)), which is closed on exec. The name is shown in /proc.
/// Returns its descriptor, or -1 with errno.
int clinux_memfd(const char *name);

/// Protects the process's memory, which contains tokens, from core dumps and from other processes of the same user.
/// Returns 0, or -1 with errno.
int clinux_disable_dumps(void);

/// Makes the kernel send this process a signal when the thread that started it ends (prctl(2), PR_SET_PDEATHSIG).
/// Returns 0, or -1 with errno.
int clinux_signal_at_parent_death(int signal);

/// True if a signal is ignored (SIG_IGN is a cast to a function's address, which Swift cannot import).
bool clinux_is_ignored(int signal);

/// Lets the allocator keep up to `bytes` free bytes instead of returning them to the kernel at once (mallopt(3)).
void clinux_keep_free_memory(int bytes);

/// Creates a timer on CLOCK_BOOTTIME (timerfd_create(2)) that does not block and is closed on exec.
/// Returns its descriptor, or -1 with errno.
int clinux_boot_timer(void);

/// Makes such a timer fire once, at that time in milliseconds. Returns 0, or -1 with errno.
int clinux_set_timer(int descriptor, int64_t milliseconds);

/// Watches a folder for files that are removed or moved away, and for its own removal (inotify(7)). The descriptor does not
/// block and is closed on exec. Returns it, or -1 with errno.
int clinux_watch_folder(const char *path);

#endif
