// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "CPlain.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { max_connections = 1 << 15, max_events = 256 };

static int connections[max_connections];
static int count;
static char bytes[1 << 20];

static int listener(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (snprintf(address.sun_path, sizeof address.sun_path, "%s", path) >= (int)sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -1;
    unlink(path);
    if (bind(descriptor, (struct sockaddr *)&address, sizeof address) == 0 && listen(descriptor, 4096) == 0)
        return descriptor;
    close(descriptor);
    return -1;
}

static void watch(int poller, int descriptor) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};
    epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event);
}

static void accept_connection(int poller, int listening) {
    int connection = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
    if (connection < 0) return;
    if (count == max_connections) {
        close(connection);
        return;
    }
    connections[count++] = connection;
    watch(poller, connection);
}

static void remove_connection(int connection) {
    for (int i = 0; i < count; i++) {
        if (connections[i] != connection) continue;
        connections[i] = connections[--count];
        break;
    }
    close(connection);
}

/// Blocking on purpose: the reference has no queues, so a slow receiver delays all others.
static void deliver(int connection, const char *start, ssize_t length) {
    for (ssize_t done = 0; done < length;) {
        ssize_t written = send(connection, start + done, length - done, MSG_NOSIGNAL);
        if (written < 0 && errno != EINTR) return;
        if (written > 0) done += written;
    }
}

static void deliver_all(ssize_t length, bool is_gathering) {
    for (ssize_t done = 0; done < length;) {
        const char *start = bytes + done, *end = is_gathering ? NULL : memchr(start, '\n', length - done);
        ssize_t size = end ? end + 1 - start : length - done;
        for (int i = 0; i < count; i++) deliver(connections[i], start, size);
        done += size;
    }
}

int plain_fan_out(const char *socket_path, int is_gathering) {
    int listening = listener(socket_path);
    int poller = epoll_create1(EPOLL_CLOEXEC);
    if (listening < 0 || poller < 0) return -1;
    watch(poller, listening);
    struct epoll_event events[max_events];
    while (true) {
        int ready = epoll_wait(poller, events, max_events, -1);
        for (int i = 0; i < ready; i++) {
            int descriptor = events[i].data.fd;
            if (descriptor == listening) {
                accept_connection(poller, listening);
                continue;
            }
            ssize_t length = read(descriptor, bytes, sizeof bytes);
            if (length > 0) {
                deliver_all(length, is_gathering);
            } else {
                remove_connection(descriptor);
            }
        }
    }
}
