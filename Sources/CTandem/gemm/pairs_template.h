// Packing of bfloat16 in pairs along k: group p of a panel holds elements 2p and 2p + 1 of each of
// its rows or columns, 4 bytes together. Included after dots_template.h. Loads and stores at edges
// are masked, so that nothing beyond the operand is read.

static inline ALWAYS __mmask16 NAME(first_lanes)(int64_t count) {
  return count >= 16 ? 0xffff : (__mmask16)((1u << count) - 1);
}

// Part of a panel, element by element: any strides.
static void NAME(gather_pairs)(const tandem_gemm_pack *w, uint32_t *to, int64_t first,
                               int64_t valid, int64_t width) {
  for (int64_t p = 0; p < w->k; p += 2) {
    const uint16_t *at = (const uint16_t *)w->from + p * w->alongStride;
    for (int64_t i = 0; i < width; i++) {
      const int64_t place = (first + i) * w->acrossStride;
      const uint32_t low = i < valid ? at[place] : 0;
      const uint32_t high = i < valid && p + 1 < w->k ? at[place + w->alongStride] : 0;
      to[i] = low | high << 16;
    }
    to += width;
  }
}

// One panel whose elements across lie one after another: two lines of it are interleaved.
static void NAME(interleave_pairs)(const tandem_gemm_pack *w, uint32_t *to, int64_t first,
                                   int64_t valid, int64_t width) {
  for (int64_t i = 0; i < width; i += LANES) {
    const __mmask16 there = NAME(first_lanes)(valid > i ? valid - i : 0);
    const __mmask16 kept = NAME(first_lanes)(width - i);
    const uint16_t *at = (const uint16_t *)w->from + first + i;
    uint32_t *out = to + i;
    for (int64_t p = 0; p < w->k; p += 2) {
      const __mmask16 second = p + 1 < w->k ? there : 0;
      const __m512i low = _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(there, at));
      const __m512i high =
          _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(second, at + w->alongStride));
      _mm512_mask_storeu_epi32(out, kept, _mm512_or_si512(low, _mm512_slli_epi32(high, 16)));
      at += 2 * w->alongStride;
      out += width;
    }
  }
}

// One panel whose elements along k lie one after another: 16 pairs of 16 rows at a time.
static void NAME(transpose_pairs)(const tandem_gemm_pack *w, uint32_t *to, int64_t first,
                                  int64_t valid, int64_t width) {
  for (int64_t p = 0; p < w->k; p += 32) {
    const int64_t left = w->k - p, groups = left >= 32 ? 16 : (left + 1) / 2;
    const __mmask32 there = left >= 32 ? 0xffffffffu : (1u << left) - 1;
    for (int64_t i = 0; i < width; i += LANES) {
      NAME(vec) x[LANES];
      UNROLL for (int q = 0; q < LANES; q++) {
        const uint16_t *at =
            (const uint16_t *)w->from + (first + i + q) * w->acrossStride + p;
        x[q] = i + q < valid ? (NAME(vec))_mm512_maskz_loadu_epi16(there, at) : (NAME(vec)){0};
      }
      NAME(transpose)(x);
      const __mmask16 kept = NAME(first_lanes)(width - i);
      uint32_t *out = to + (p / 2) * width + i;
      if (groups == LANES) {
        UNROLL for (int q = 0; q < LANES; q++) {
          _mm512_mask_storeu_epi32(out + q * width, kept, (__m512i)x[q]);
        }
      } else {
        for (int64_t q = 0; q < groups; q++) {
          _mm512_mask_storeu_epi32(out + q * width, kept, (__m512i)x[q]);
        }
      }
    }
  }
}

static void NAME(pack_panel)(const tandem_gemm_pack *w, void *to, int64_t first, int64_t valid,
                             int64_t width) {
  if (w->acrossStride == 1) {
    NAME(interleave_pairs)(w, to, first, valid, width);
  } else if (w->alongStride == 1) {
    NAME(transpose_pairs)(w, to, first, valid, width);
  } else {
    NAME(gather_pairs)(w, to, first, valid, width);
  }
}

static void NAME(pack_rows)(const tandem_gemm_pack *w) {
  const int64_t panels = (w->count + MR - 1) / MR, groups = (w->k + 1) / 2;
  int64_t row = 0;
  for (int64_t panel = 0; panel < panels; panel++) {
    const int64_t height = w->count / panels + (panel < w->count % panels);
    NAME(pack_panel)(w, (uint32_t *)w->to + row * groups, row, height, height);
    row += height;
  }
}

static void NAME(pack_columns)(const tandem_gemm_pack *w) {
  const int64_t groups = (w->k + 1) / 2;
  for (int64_t j = 0; j < w->count; j += 2 * LANES) {
    const int64_t left = w->count - j;
    NAME(pack_panel)(w, (uint32_t *)w->to + j * groups, j, left < 2 * LANES ? left : 2 * LANES,
                     2 * LANES);
  }
}
