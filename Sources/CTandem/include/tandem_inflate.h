// Gzip and deflate streams through the system's zlib, decoded a bounded piece at a time.
#ifndef TANDEM_INFLATE_H
#define TANDEM_INFLATE_H

#include <stddef.h>
#include <stdint.h>

typedef struct tandem_inflater tandem_inflater;

enum {
  // As many bytes as were asked for.
  TANDEM_INFLATE_FILLED = 0,
  // The stream ended properly: checksums and lengths agree; fewer bytes than asked for, perhaps
  // none.
  TANDEM_INFLATE_ENDED = 1,
  // The bytes stop in the middle of the stream.
  TANDEM_INFLATE_TRUNCATED = 2,
  // Not gzip, or a checksum or length that does not agree.
  TANDEM_INFLATE_CORRUPT = 3,
  TANDEM_INFLATE_NO_MEMORY = 4,
};

// Starts decoding `count` bytes, which must outlive the inflater; NULL if there is no memory.
tandem_inflater *tandem_inflate_open(const void *bytes, size_t count);

// The same for one deflate stream without header and checksum, as zip files hold it; bytes behind
// its end are an error.
tandem_inflater *tandem_inflate_open_raw(const void *bytes, size_t count);

// Decodes up to `capacity` bytes, sets `*written` and returns one of the values above. A gzip file
// may be several streams one after the other; they are decoded as one.
int tandem_inflate_read(tandem_inflater *inflater, void *out, size_t capacity, size_t *written);

// What zlib says of the last failure, or an empty string.
const char *tandem_inflate_problem(const tandem_inflater *inflater);

void tandem_inflate_close(tandem_inflater *inflater);

// The checksum of zip files, continued from that of the bytes before (0 for none).
uint32_t tandem_crc32(uint32_t before, const void *bytes, size_t count);

// Encodes bytes as one deflate stream without header. Returns how many bytes it has, 0 if they are
// more than `capacity` or there is no memory.
size_t tandem_deflate(const void *bytes, size_t count, void *out, size_t capacity);

#endif
