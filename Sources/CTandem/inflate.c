#include "tandem_inflate.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

struct tandem_inflater {
  z_stream stream;
  const uint8_t *next;
  size_t left;
  int ended;
  int raw;
};

// zlib counts in 32 bits; longer inputs and outputs go through it in pieces of this size.
static const size_t piece = 1 << 30;

static tandem_inflater *open_stream(const void *bytes, size_t count, int window, int raw) {
  tandem_inflater *inflater = calloc(1, sizeof *inflater);
  if (!inflater) return NULL;
  inflater->next = bytes;
  inflater->left = count;
  inflater->raw = raw;
  if (inflateInit2(&inflater->stream, window) != Z_OK) {
    free(inflater);
    return NULL;
  }
  return inflater;
}

tandem_inflater *tandem_inflate_open(const void *bytes, size_t count) {
  // 15: the largest window; 16: a gzip header and checksum are required.
  return open_stream(bytes, count, 15 + 16, 0);
}

tandem_inflater *tandem_inflate_open_raw(const void *bytes, size_t count) {
  return open_stream(bytes, count, -15, 1);
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
      if (inflater->raw) return TANDEM_INFLATE_CORRUPT;
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

uint32_t tandem_crc32(uint32_t before, const void *bytes, size_t count) {
  return (uint32_t)crc32_z(before, bytes, count);
}

size_t tandem_deflate(const void *bytes, size_t count, void *out, size_t capacity) {
  z_stream stream = {0};
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    return 0;
  const uint8_t *next = bytes;
  size_t left = count, written = 0;
  int status = Z_OK;
  while (status == Z_OK && written < capacity) {
    if (stream.avail_in == 0 && left > 0) {
      size_t fed = left < piece ? left : piece;
      stream.next_in = (Bytef *)next;
      stream.avail_in = (uInt)fed;
      next += fed;
      left -= fed;
    }
    size_t room = capacity - written < piece ? capacity - written : piece;
    stream.next_out = (Bytef *)out + written;
    stream.avail_out = (uInt)room;
    status = deflate(&stream, left > 0 ? Z_NO_FLUSH : Z_FINISH);
    written += room - stream.avail_out;
  }
  deflateEnd(&stream);
  return status == Z_STREAM_END ? written : 0;
}
