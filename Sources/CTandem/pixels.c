#include "tandem_pixels.h"

#include <math.h>

#pragma STDC FP_CONTRACT OFF

void tandem_gather_pixels(float *out, const uint8_t *rows, const uint32_t *order, size_t count,
                          size_t row_bytes) {
  for (size_t i = 0; i < count; i++) {
    const uint8_t *row = rows + (size_t)order[i] * row_bytes;
    float *to = out + i * row_bytes;
    // Division, not a product with 1/255: the nearest float, as other frameworks have it.
    for (size_t j = 0; j < row_bytes; j++) to[j] = (float)row[j] / 255.0f;
  }
}

enum { largest_side = 64 };

// Lowers nearest[x], squared distances of the pixels of row y to the drawing, to those of a
// segment.
static void approach(float nearest[largest_side], int32_t side, float y, const float *segment) {
  float x0 = segment[0], y0 = segment[1];
  float dx = segment[2] - x0, dy = segment[3] - y0;
  float length = dx * dx + dy * dy;
  float scale = length > 0 ? 1 / length : 0;
  for (int32_t x = 0; x < side; x++) {
    float px = (float)x - x0, py = y - y0;
    float along = (px * dx + py * dy) * scale;
    along = along < 0 ? 0 : along > 1 ? 1 : along;
    float ex = px - along * dx, ey = py - along * dy;
    float distance = ex * ex + ey * ey;
    nearest[x] = distance < nearest[x] ? distance : nearest[x];
  }
}

// Noise in -1...1 that follows from its key alone: a 32-bit mix of xor-shifts and odd multipliers,
// then the sum of the halves, which has a triangular distribution.
static float noise(uint32_t key) {
  key ^= key >> 16;
  key *= 0x7feb352dU;
  key ^= key >> 15;
  key *= 0x846ca68bU;
  key ^= key >> 16;
  return (float)((int32_t)(key & 0xffff) + (int32_t)(key >> 16) - 65535) / 65535.0f;
}

void tandem_draw_strokes(uint8_t *image, int32_t side, const float *segments, int32_t segment_count,
                         const tandem_pen *pen) {
  if (side > largest_side) return;
  float reach = pen->radius + pen->softness;
  for (int32_t y = 0; y < side; y++) {
    float nearest[largest_side];
    for (int32_t x = 0; x < side; x++) nearest[x] = 1e9f;
    for (int32_t i = 0; i < segment_count; i++) {
      const float *segment = segments + 4 * i;
      float low = segment[1] < segment[3] ? segment[1] : segment[3];
      float high = segment[1] < segment[3] ? segment[3] : segment[1];
      if ((float)y < low - reach || (float)y > high + reach) continue;
      approach(nearest, side, (float)y, segment);
    }
    for (int32_t x = 0; x < side; x++) {
      float cover = (pen->radius - sqrtf(nearest[x])) / pen->softness + 0.5f;
      cover = cover < 0 ? 0 : cover > 1 ? 1 : cover;
      float grain = noise(pen->noise_key + (uint32_t)(y * side + x));
      float value = cover * pen->ink + grain * pen->noise;
      image[y * side + x] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value + 0.5f);
    }
  }
}
