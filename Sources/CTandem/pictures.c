#include "tandem_pictures.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// TurboJPEG's functions and numbers, fixed by its binary interface since version 1.2.
enum { PIXEL_RGB = 0, PIXEL_GREY = 6, COLOURS_GREY = 2, COLOURS_CMYK = 3, ACCURATE = 4096 };

static struct {
  void *(*start)(void);
  int (*header)(void *, const unsigned char *, unsigned long, int *, int *, int *, int *);
  int (*decode)(void *, const unsigned char *, unsigned long, unsigned char *, int, int, int, int,
                int);
  const char *(*complaint)(void *);
  int (*end)(void *);
} jpeg;

// What libpng calls png_image: its short interface, version 1, fixed since libpng 1.6.0.
typedef struct {
  void *opaque;
  uint32_t version, width, height, format, flags, colormap_entries, warning_or_error;
  char message[64];
} png_picture;

enum { PNG_VERSION = 1, PNG_ALPHA = 1, PNG_COLOUR = 2, PNG_GREY8 = 0, PNG_RGB8 = 2 };

static struct {
  int (*begin)(png_picture *, const void *, size_t);
  int (*finish)(png_picture *, const void *, void *, int32_t, void *);
  void (*end)(png_picture *);
} png;

static int found(void *function, void *library, const char *name) {
  void *symbol = library ? dlsym(library, name) : NULL;
  memcpy(function, &symbol, sizeof symbol);
  return symbol != NULL;
}

static int has_jpeg, has_png;

static void open_libraries(void) {
  void *turbo = dlopen("libturbojpeg.so.0", RTLD_LAZY | RTLD_LOCAL);
  if (!turbo) turbo = dlopen("libturbojpeg.so", RTLD_LAZY | RTLD_LOCAL);
  has_jpeg = found(&jpeg.start, turbo, "tjInitDecompress") &
             found(&jpeg.header, turbo, "tjDecompressHeader3") &
             found(&jpeg.decode, turbo, "tjDecompress2") &
             found(&jpeg.complaint, turbo, "tjGetErrorStr2") & found(&jpeg.end, turbo, "tjDestroy");
  void *library = dlopen("libpng16.so.16", RTLD_LAZY | RTLD_LOCAL);
  if (!library) library = dlopen("libpng16.so", RTLD_LAZY | RTLD_LOCAL);
  has_png = found(&png.begin, library, "png_image_begin_read_from_memory") &
            found(&png.finish, library, "png_image_finish_read") &
            found(&png.end, library, "png_image_free");
}

static void open_once(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, open_libraries);
}

static int refuse(tandem_picture *picture, int code, const char *message) {
  tandem_picture_free(picture);
  snprintf(picture->message, sizeof picture->message, "%s", message);
  return code;
}

// Takes memory for the pixels, if they are not more than wanted.
static int make_room(tandem_picture *picture, size_t largest) {
  if (picture->height <= 0 || picture->width <= 0)
    return refuse(picture, TANDEM_PICTURE_DAMAGED, "no pixels");
  size_t size = (size_t)picture->height * (size_t)picture->width * (size_t)picture->channels;
  if (size > largest) return refuse(picture, TANDEM_PICTURE_TOO_LARGE, "too many pixels");
  picture->pixels = malloc(size);
  if (!picture->pixels) return refuse(picture, TANDEM_PICTURE_NO_MEMORY, "out of memory");
  return TANDEM_PICTURE_FINE;
}

static int decode_jpeg(void *handle, const void *bytes, size_t count, size_t largest,
                       tandem_picture *picture) {
  int width, height, sampling, colours;
  if (jpeg.header(handle, bytes, count, &width, &height, &sampling, &colours) != 0)
    return refuse(picture, TANDEM_PICTURE_DAMAGED, jpeg.complaint(handle));
  if (colours >= COLOURS_CMYK)
    return refuse(picture, TANDEM_PICTURE_DAMAGED, "printing colours, which are not read");
  picture->height = height;
  picture->width = width;
  picture->channels = colours == COLOURS_GREY ? 1 : 3;
  int status = make_room(picture, largest);
  if (status != TANDEM_PICTURE_FINE) return status;
  int format = colours == COLOURS_GREY ? PIXEL_GREY : PIXEL_RGB;
  if (jpeg.decode(handle, bytes, count, picture->pixels, width, 0, height, format, ACCURATE) != 0)
    return refuse(picture, TANDEM_PICTURE_DAMAGED, jpeg.complaint(handle));
  return TANDEM_PICTURE_FINE;
}

int tandem_decode_jpeg(const void *bytes, size_t count, size_t largest, tandem_picture *picture) {
  memset(picture, 0, sizeof *picture);
  open_once();
  if (!has_jpeg)
    return refuse(
        picture, TANDEM_PICTURE_NO_LIBRARY,
        "libturbojpeg is missing; on Debian and Ubuntu: apt-get install libturbojpeg0");
  void *handle = jpeg.start();
  if (!handle) return refuse(picture, TANDEM_PICTURE_NO_MEMORY, "out of memory");
  int status = decode_jpeg(handle, bytes, count, largest, picture);
  jpeg.end(handle);
  return status;
}

int tandem_decode_png(const void *bytes, size_t count, size_t largest, tandem_picture *picture) {
  memset(picture, 0, sizeof *picture);
  open_once();
  if (!has_png)
    return refuse(picture, TANDEM_PICTURE_NO_LIBRARY,
                  "libpng is missing; on Debian and Ubuntu: apt-get install libpng16-16");
  png_picture image = {.version = PNG_VERSION};
  if (!png.begin(&image, bytes, count))
    return refuse(picture, TANDEM_PICTURE_DAMAGED, image.message);
  picture->height = (int32_t)image.height;
  picture->width = (int32_t)image.width;
  picture->channels = image.format & PNG_COLOUR ? 3 : 1;
  int status = make_room(picture, largest);
  if (status == TANDEM_PICTURE_FINE) {
    image.format = image.format & PNG_COLOUR ? PNG_RGB8 : PNG_GREY8;
    unsigned char black[3] = {0, 0, 0};
    int done = png.finish(&image, black, picture->pixels, 0, NULL);
    // Warnings are about what was left out, such as a wrong checksum of a comment.
    if (!done) status = refuse(picture, TANDEM_PICTURE_DAMAGED, image.message);
  }
  png.end(&image);
  return status;
}

void tandem_picture_free(tandem_picture *picture) {
  free(picture->pixels);
  picture->pixels = NULL;
}
