// SPDX-License-Identifier: Apache-2.0

// ConduitCore must use only crc32_z(): other functions do I/O or allocate state.
#include <zlib.h>
