#define _GNU_SOURCE
#include "CLinuxMemfd.h"

#include <sys/mman.h>

int clinux_memfd(const char *name) { return memfd_create(name, MFD_CLOEXEC); }
