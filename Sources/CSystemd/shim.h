// The parts of libsystemd that module Systemd uses: readiness, socket activation and the journal.
#include <systemd/sd-daemon.h>
#include <systemd/sd-journal.h>
