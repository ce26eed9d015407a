// The parts of libsystemd that module Systemd uses: readiness, socket activation and the journal; and free() for the
// lists that it makes.
#include <stdlib.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-journal.h>
