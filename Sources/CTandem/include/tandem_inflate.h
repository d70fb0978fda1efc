// Decoding gzip streams through the system's zlib, a bounded piece at a time.
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

// Decodes up to `capacity` bytes, sets `*written` and returns one of the values above. A gzip file
// may be several streams one after the other; they are decoded as one.
int tandem_inflate_read(tandem_inflater *inflater, void *out, size_t capacity, size_t *written);

// What zlib says of the last failure, or an empty string.
const char *tandem_inflate_problem(const tandem_inflater *inflater);

void tandem_inflate_close(tandem_inflater *inflater);

#endif
