// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "CLinux.h"

#include <assert.h>
#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static_assert(sizeof(struct clinux_ucred) == sizeof(struct ucred), "struct ucred has an unexpected size");
static_assert(sizeof(gid_t) == sizeof(uint32_t), "gid_t has an unexpected size");
static_assert(sizeof(socklen_t) == sizeof(uint32_t), "socklen_t has an unexpected size");

const int clinux_so_peercred = SO_PEERCRED;

int clinux_peer_groups(int descriptor, uint32_t *groups, uint32_t *bytes) {
#ifdef SO_PEERGROUPS
    return getsockopt(descriptor, SOL_SOCKET, SO_PEERGROUPS, groups, bytes);
#else
    (void)descriptor, (void)groups, (void)bytes;
    errno = ENOPROTOOPT;
    return -1;
#endif
}

int clinux_memfd(const char *name) { return memfd_create(name, MFD_CLOEXEC); }

int clinux_disable_dumps(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

int clinux_signal_at_parent_death(int signal) { return prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0); }

bool clinux_is_ignored(int signal) {
    struct sigaction action;
    return sigaction(signal, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

void clinux_keep_free_memory(int bytes) {
    mallopt(M_TRIM_THRESHOLD, bytes);
    // Setting either threshold disables the dynamic adjustment of both, so the other needs a value too.
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
}

int clinux_boot_timer(void) { return timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC); }

int clinux_set_timer(int descriptor, int64_t milliseconds) {
    struct itimerspec time = {
        .it_value = {.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000},
    };
    return timerfd_settime(descriptor, TFD_TIMER_ABSTIME, &time, NULL);
}

int clinux_watch_folder(const char *path) {
    int descriptor = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (descriptor < 0) return -1;
    uint32_t events = IN_DELETE | IN_MOVED_FROM | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
    if (inotify_add_watch(descriptor, path, events) >= 0) return descriptor;
    int error = errno;
    close(descriptor);
    errno = error;
    return -1;
}
