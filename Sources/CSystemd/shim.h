// SPDX-License-Identifier: Apache-2.0

// The parts of libsystemd that the module Systemd uses, and free() for the lists that libsystemd allocates.
#include <stdlib.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-journal.h>
