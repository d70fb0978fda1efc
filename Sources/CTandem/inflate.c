#include "tandem_inflate.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

struct tandem_inflater {
  z_stream stream;
  const uint8_t *next;
  size_t left;
  int ended;
};

// zlib counts in 32 bits; longer inputs and outputs go through it in pieces of this size.
static const size_t piece = 1 << 30;

tandem_inflater *tandem_inflate_open(const void *bytes, size_t count) {
  tandem_inflater *inflater = calloc(1, sizeof *inflater);
  if (!inflater) return NULL;
  inflater->next = bytes;
  inflater->left = count;
  // 15: the largest window; 16: a gzip header and checksum are required.
  if (inflateInit2(&inflater->stream, 15 + 16) != Z_OK) {
    free(inflater);
    return NULL;
  }
  return inflater;
}

static void feed(tandem_inflater *inflater) {
  if (inflater->stream.avail_in > 0 || inflater->left == 0) return;
  size_t count = inflater->left < piece ? inflater->left : piece;
  inflater->stream.next_in = (Bytef *)inflater->next;
  inflater->stream.avail_in = (uInt)count;
  inflater->next += count;
  inflater->left -= count;
}

int tandem_inflate_read(tandem_inflater *inflater, void *out, size_t capacity, size_t *written) {
  z_stream *stream = &inflater->stream;
  *written = 0;
  while (*written < capacity) {
    feed(inflater);
    if (inflater->ended) {
      if (stream->avail_in == 0) return TANDEM_INFLATE_ENDED;
      inflater->ended = 0;
      inflateReset(stream);
    }
    size_t count = capacity - *written < piece ? capacity - *written : piece;
    stream->next_out = (Bytef *)out + *written;
    stream->avail_out = (uInt)count;
    int status = inflate(stream, Z_NO_FLUSH);
    *written += count - stream->avail_out;
    if (status == Z_STREAM_END) {
      inflater->ended = 1;
    } else if (status == Z_MEM_ERROR) {
      return TANDEM_INFLATE_NO_MEMORY;
    } else if (status != Z_OK && status != Z_BUF_ERROR) {
      return TANDEM_INFLATE_CORRUPT;
    } else if (stream->avail_in == 0 && inflater->left == 0 && stream->avail_out > 0) {
      return TANDEM_INFLATE_TRUNCATED;
    }
  }
  return TANDEM_INFLATE_FILLED;
}

const char *tandem_inflate_problem(const tandem_inflater *inflater) {
  return inflater->stream.msg ? inflater->stream.msg : "";
}

void tandem_inflate_close(tandem_inflater *inflater) {
  inflateEnd(&inflater->stream);
  free(inflater);
}
