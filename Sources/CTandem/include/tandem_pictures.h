// JPEG and PNG through the system's libjpeg-turbo and libpng, opened at first use.
#ifndef TANDEM_PICTURES_H
#define TANDEM_PICTURES_H

#include <stddef.h>
#include <stdint.h>

enum {
  TANDEM_PICTURE_FINE = 0,
  // The library is not installed; the message says what to install.
  TANDEM_PICTURE_NO_LIBRARY = 1,
  // The bytes are torn or no such picture; the message is the library's.
  TANDEM_PICTURE_DAMAGED = 2,
  // More pixels than the caller wants.
  TANDEM_PICTURE_TOO_LARGE = 3,
  TANDEM_PICTURE_NO_MEMORY = 4,
};

typedef struct {
  int32_t height, width;
  // 1 for grey, 3 for red, green and blue; transparency is left out.
  int32_t channels;
  // height × width × channels bytes; freed by tandem_picture_free.
  uint8_t *pixels;
  char message[256];
} tandem_picture;

// Decodes a JPEG; the accurate transform and smooth chroma, as most programs do it. A picture in
// which the library had to guess is damaged.
int tandem_decode_jpeg(const void *bytes, size_t count, size_t largest, tandem_picture *picture);

// Decodes a PNG to 8 bits; transparent pixels lie on black.
int tandem_decode_png(const void *bytes, size_t count, size_t largest, tandem_picture *picture);

void tandem_picture_free(tandem_picture *picture);

#endif
