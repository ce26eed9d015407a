// Memory as a file: memfd_create(2), which needs _GNU_SOURCE.
#ifndef CLINUX_MEMFD_H
#define CLINUX_MEMFD_H

/// An empty file without a path, in memory alone; the name is for people who look at /proc. Closed on exec.
/// Returns its descriptor, or -1 with errno.
int clinux_memfd(const char *name);

#endif
