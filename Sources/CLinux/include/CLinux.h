// What Linux has and Swift's Glibc module does not show: types that need _GNU_SOURCE.
#ifndef CLINUX_H
#define CLINUX_H

#include <stdint.h>

/// struct ucred of unix(7): who is at the other end of a Unix socket, as getsockopt(SO_PEERCRED) gives it.
struct clinux_ucred {
    int32_t pid;
    uint32_t uid;
    uint32_t gid;
};

/// SO_PEERCRED on this machine.
extern const int clinux_so_peercred;

/// Keeps the process' memory, which holds tokens, out of core dumps and away from other processes of the same user.
/// Returns 0, or -1 with errno.
int clinux_disable_dumps(void);

#endif
