// What Linux has and Swift's Glibc module does not show: types and options that need _GNU_SOURCE.
#ifndef CLINUX_H
#define CLINUX_H

#include <stdbool.h>
#include <stdint.h>

/// struct ucred of unix(7): the process at the other end of a Unix socket, as getsockopt(SO_PEERCRED) gives it.
struct clinux_ucred {
    int32_t pid;
    uint32_t uid;
    uint32_t gid;
};

/// SO_PEERCRED on this machine.
extern const int clinux_so_peercred;

/// The supplementary groups of the process that connected, as getsockopt(SO_PEERGROUPS) gives them (Linux 4.13): up to `bytes`
/// bytes of gids are written to `groups`, and `bytes` says then how many they take.
/// Returns 0, or -1 with errno; with ERANGE the room was too small, and `bytes` says how much is needed.
int clinux_peer_groups(int descriptor, uint32_t *groups, uint32_t *bytes);

/// An empty file without a path, in memory alone (memfd_create(2)); the name is for people who look at /proc. Closed on
/// exec. Returns its descriptor, or -1 with errno.
int clinux_memfd(const char *name);

/// Keeps the process' memory, which holds tokens, out of core dumps and away from other processes of the same user.
/// Returns 0, or -1 with errno.
int clinux_disable_dumps(void);

/// Has the kernel send this process a signal when the thread that started it ends (prctl(2), PR_SET_PDEATHSIG).
/// Returns 0, or -1 with errno.
int clinux_signal_at_parent_death(int signal);

/// True if a signal is ignored (SIG_IGN is a cast to a function's address, which Swift cannot import).
bool clinux_is_ignored(int signal);

/// Lets the allocator keep up to so many free bytes instead of giving them back at once (mallopt(3)).
void clinux_keep_free_memory(int bytes);

#endif
