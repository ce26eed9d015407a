// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "CPlain.h"

#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { max_events = 256 };

int plain_poller(void) { return epoll_create1(EPOLL_CLOEXEC); }

int plain_watch(int poller, int descriptor, uint32_t tag, int is_known, int for_writing) {
    struct epoll_event event = {.events = EPOLLIN | (for_writing ? EPOLLOUT : 0), .data.u32 = tag};
    return epoll_ctl(poller, is_known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, descriptor, &event);
}

int plain_wait(int poller, uint32_t *tags, int capacity, int milliseconds) {
    struct epoll_event events[max_events];
    int count = epoll_wait(poller, events, capacity < max_events ? capacity : max_events, milliseconds);
    for (int i = 0; i < count; i++) tags[i] = events[i].data.u32;
    return count < 0 ? 0 : count;
}

static struct timespec span(uint64_t nanoseconds) {
    return (struct timespec){.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
}

int plain_timer(uint64_t start, uint64_t interval) {
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    if (timer < 0) return -1;
    struct itimerspec times = {.it_interval = span(interval), .it_value = span(start)};
    if (timerfd_settime(timer, TFD_TIMER_ABSTIME, &times, 0) == 0) return timer;
    close(timer);
    return -1;
}
