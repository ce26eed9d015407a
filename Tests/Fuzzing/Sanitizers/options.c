// SPDX-License-Identifier: Apache-2.0

/* The sanitizers' options, linked into every program: the end-to-end tests start the daemon with an environment of its own,
   so variables do not reach it. Reports go to files, because the tests kill the daemon. */

const char *__tsan_default_options(void) {
    return "log_path=" REPORTS "/thread:suppressions=" HERE "/thread.supp:second_deadlock_stack=1";
}

/* The leak checker is off: it does not recognize tagged pointers of Swift (strings, enumerations, weak reference counts), and
   reports their targets as leaks. `make fuzz` checks the cores for leaks. */
const char *__asan_default_options(void) {
    return "log_path=" REPORTS "/address:detect_leaks=0:quarantine_size_mb=16";
}
