/* What the sanitizers ask each program for when it starts. Linked into all of them, because the end-to-end tests start
   the daemon with an environment of its own, and kill it: a report has to be in a file by then. */

const char *__tsan_default_options(void) {
    return "log_path=" REPORTS "/thread:suppressions=" HERE "/thread.supp:second_deadlock_stack=1";
}

/* Without the leak checker: it does not see pointers that carry bits of Swift's own (strings, enumerations, counts of
   weak references) and calls what they hold leaked. Leaks of the cores are looked for by `make fuzz`. */
const char *__asan_default_options(void) {
    return "log_path=" REPORTS "/address:detect_leaks=0:quarantine_size_mb=16";
}
