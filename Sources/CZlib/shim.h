// ConduitCore uses crc32_z() and nothing else of it: the rest does I/O or keeps memory of its own.
#include <zlib.h>
