#define _GNU_SOURCE
#include "CLinux.h"

#include <assert.h>
#include <sys/prctl.h>
#include <sys/socket.h>

static_assert(sizeof(struct clinux_ucred) == sizeof(struct ucred), "struct ucred has another size here");

const int clinux_so_peercred = SO_PEERCRED;

int clinux_disable_dumps(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }
