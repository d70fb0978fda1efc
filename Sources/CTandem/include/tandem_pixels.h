// Loops over the pixels of 8-bit images.
#ifndef TANDEM_PIXELS_H
#define TANDEM_PIXELS_H

#include <stddef.h>
#include <stdint.h>

// out[i][j] = rows[order[i]][j] / 255, for `count` rows of `row_bytes` pixels.
void tandem_gather_pixels(float *out, const uint8_t *rows, const uint32_t *order, size_t count,
                          size_t row_bytes);

// How a pen draws; lengths in pixels.
typedef struct {
  float radius;
  // Width of the edge over which ink fades to paper.
  float softness;
  // Brightness of full ink, 0...255.
  float ink;
  // Largest noise added to or taken from each pixel, 0...255.
  float noise;
  uint32_t noise_key;
} tandem_pen;

// Draws line segments, four floats each (x0, y0, x1, y1), on a black square image. The same
// arguments give the same bytes on every machine: no fused multiply-add, no libm but sqrtf.
void tandem_draw_strokes(uint8_t *image, int32_t side, const float *segments, int32_t segment_count,
                         const tandem_pen *pen);

#endif
