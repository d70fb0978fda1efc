// Normalisation in one type; included by normalization.c with T and NAME.
#include "levels.h"
#include "rows_template.h"

// Lanes in an array that begins with a cache line; their own alignment may be two of these.
typedef T NAME(line_lanes)
    __attribute__((vector_size(TANDEM_NEURAL_LANES * sizeof(T)), aligned(64)));

TANDEM_AT_LEVELS(void, NAME(rows), (const tandem_normalize_rows *w, int64_t begin, int64_t end), (w,
                 begin, end)) {
  const int64_t n = w->length;
  const T *scale = w->scale, *bias = w->bias, count = (T)n, epsilon = (T)w->epsilon;
  for (int64_t row = begin; row < end; row++) {
    const T *x = (const T *)w->x + row * n;
    T *y = (T *)w->y + row * n;
    T mean = 0, squares;
    if (w->centers) {
      T sum;
      ROW_SUM(sum, n, AT(x));
      mean = sum / count;
      ((T *)w->mean)[row] = mean;
    }
    // The next row comes while this one is computed.
    for (int64_t i = n; row + 1 < end && i < 2 * n; i += 64 / (int64_t)sizeof(T))
      __builtin_prefetch(x + i);
    ROW_SUM(squares, n, (AT(x) - mean) * (AT(x) - mean));
    const T rstd = (T)1 / __builtin_elementwise_sqrt(squares / count + epsilon);
    ((T *)w->rstd)[row] = rstd;
    if (w->streams) {
      for (int64_t i_ = 0; i_ < n; i_ += TANDEM_NEURAL_LANES) {
        const int64_t left_ = TANDEM_NEURAL_LANES;
        NAME(lanes) value = ((AT(x) - mean) * rstd) * AT(scale);
        if (bias) value = value + AT(bias);
        __builtin_nontemporal_store(value, (NAME(line_lanes) *)(y + i_));
      }
    } else if (bias) {
      TANDEM_NEURAL_VECTOR for (int64_t i = 0; i < n; i++)
        y[i] = ((x[i] - mean) * rstd) * scale[i] + bias[i];
    } else {
      TANDEM_NEURAL_VECTOR for (int64_t i = 0; i < n; i++)
        y[i] = ((x[i] - mean) * rstd) * scale[i];
    }
  }
  if (w->streams) __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

TANDEM_AT_LEVELS(void, NAME(rows_back), (const tandem_normalize_rows_back *w, int64_t begin, int64_t
                 end, void *dScale_, void *dBias_), (w, begin, end, dScale_, dBias_)) {
  const int64_t n = w->length;
  const T *scale = w->scale, count = (T)n;
  T *dScale = dScale_, *dBias = dBias_;
  memset(dScale, 0, (size_t)n * sizeof(T));
  if (dBias) memset(dBias, 0, (size_t)n * sizeof(T));
  for (int64_t row = begin; row < end; row++) {
    const T *x = (const T *)w->x + row * n, *dy = (const T *)w->dy + row * n;
    T *dx = (T *)w->dx + row * n;
    const T mean = w->centers ? ((const T *)w->mean)[row] : 0, rstd = ((const T *)w->rstd)[row];
    T slope = 0, product;
    if (w->centers) ROW_SUM(slope, n, AT(dy) * AT(scale));
    ROW_SUM(product, n, (AT(dy) * AT(scale)) * ((AT(x) - mean) * rstd));
    slope = slope / count;
    product = product / count;
    TANDEM_NEURAL_VECTOR for (int64_t i = 0; i < n; i++) {
      const T unit = (x[i] - mean) * rstd;
      dScale[i] = dScale[i] + dy[i] * unit;
      dx[i] = ((dy[i] * scale[i] - slope) - unit * product) * rstd;
    }
    if (dBias) {
      TANDEM_NEURAL_VECTOR for (int64_t i = 0; i < n; i++) dBias[i] = dBias[i] + dy[i];
    }
  }
}

// Channels that lie in runs of `inner` elements.
TANDEM_AT_LEVELS(void, NAME(channels), (const tandem_normalize_channels *w, int64_t begin, int64_t
                 end), (w, begin, end)) {
  const int64_t n = w->inner, step = w->channels * n;
  const double count = (double)(w->outer * n);
  for (int64_t channel = begin; channel < end; channel++) {
    const T *first = (const T *)w->x + channel * n;
    double sum = 0, squares = 0;
    for (int64_t o = 0; o < w->outer; o++) {
      const T *x = first + o * step;
      LANE_SUM(sum, n, x[i]);
    }
    const T mean = (T)(sum / count);
    for (int64_t o = 0; o < w->outer; o++) {
      const T *x = first + o * step;
      LANE_SUM(squares, n, (x[i] - mean) * (x[i] - mean));
    }
    const T variance = (T)(squares / count);
    const T factor = (T)(1.0 / __builtin_sqrt((double)variance + w->epsilon)) *
                     ((const T *)w->scale)[channel];
    const T bias = ((const T *)w->bias)[channel];
    ((T *)w->mean)[channel] = mean;
    ((T *)w->variance)[channel] = variance;
    for (int64_t o = 0; o < w->outer; o++) {
      const T *x = first + o * step;
      T *y = (T *)w->y + channel * n + o * w->resultStep;
      TANDEM_NEURAL_VECTOR for (int64_t i = 0; i < n; i++) y[i] = (x[i] - mean) * factor + bias;
    }
  }
}

TANDEM_AT_LEVELS(void, NAME(channels_back), (const tandem_normalize_channels_back *w, int64_t begin,
                 int64_t end), (w, begin, end)) {
  const int64_t n = w->inner, step = w->channels * n;
  const double count = (double)(w->outer * n);
  for (int64_t channel = begin; channel < end; channel++) {
    const T *firstX = (const T *)w->x + channel * n, *firstDy = (const T *)w->dy + channel * n;
    const T mean = ((const T *)w->mean)[channel];
    const T rstd =
        (T)(1.0 / __builtin_sqrt((double)((const T *)w->variance)[channel] + w->epsilon));
    double slopes = 0, products = 0;
    for (int64_t o = 0; o < w->outer; o++) {
      const T *x = firstX + o * step, *dy = firstDy + o * step;
      LANE_SUM(slopes, n, dy[i]);
      LANE_SUM(products, n, dy[i] * (x[i] - mean));
    }
    const double scaled = products * (double)rstd;
    ((T *)w->dScale)[channel] = (T)scaled;
    ((T *)w->dBias)[channel] = (T)slopes;
    const T slope = (T)(slopes / count), product = (T)(scaled * (double)rstd / count);
    const T factor = rstd * ((const T *)w->scale)[channel];
    for (int64_t o = 0; o < w->outer; o++) {
      const T *x = firstX + o * step, *dy = firstDy + o * step;
      T *dx = (T *)w->dx + channel * n + o * step;
      TANDEM_NEURAL_VECTOR for (int64_t i = 0; i < n; i++)
        dx[i] = ((dy[i] - slope) - (x[i] - mean) * product) * factor;
    }
  }
}

// Channels side by side (`inner` is one): sums of columns, over blocks of rows.
enum { NAME(width) = 64 };

// totals[c] = sum over rows of term(row, c), where `term` names x, dy and c.
#define COLUMN_SUM(totals, term)                                                                  \
  for (int64_t c = 0; c < count; c++) (totals)[c] = 0;                                            \
  for (int64_t at = 0; at < w->outer; at += TANDEM_NEURAL_BLOCK) {                                \
    T part[NAME(width)] = {0};                                                                    \
    const int64_t stop = at + TANDEM_NEURAL_BLOCK;                                                \
    for (int64_t row = at; row < w->outer && row < stop; row++) {                                 \
      ROW                                                                                         \
      TANDEM_NEURAL_VECTOR for (int64_t c = 0; c < count; c++) part[c] = part[c] + (term);        \
    }                                                                                             \
    for (int64_t c = 0; c < count; c++) (totals)[c] += (double)part[c];                           \
  }

TANDEM_AT_LEVELS(void, NAME(columns), (const tandem_normalize_channels *w, int64_t begin, int64_t
                 end), (w, begin, end)) {
  for (int64_t channel = begin; channel < end; channel += NAME(width)) {
    const int64_t count = end - channel < NAME(width) ? end - channel : NAME(width);
    double totals[NAME(width)];
    T mean[NAME(width)], factor[NAME(width)];
    const T *scale = (const T *)w->scale + channel, *bias = (const T *)w->bias + channel;
#define ROW const T *x = (const T *)w->x + row * w->channels + channel;
    COLUMN_SUM(totals, x[c])
    for (int64_t c = 0; c < count; c++) mean[c] = (T)(totals[c] / (double)w->outer);
    COLUMN_SUM(totals, (x[c] - mean[c]) * (x[c] - mean[c]))
    for (int64_t c = 0; c < count; c++) {
      const T variance = (T)(totals[c] / (double)w->outer);
      factor[c] = (T)(1.0 / __builtin_sqrt((double)variance + w->epsilon)) * scale[c];
      ((T *)w->mean)[channel + c] = mean[c];
      ((T *)w->variance)[channel + c] = variance;
    }
    for (int64_t row = 0; row < w->outer; row++) {
      ROW
      T *y = (T *)w->y + row * w->channels + channel;
      TANDEM_NEURAL_VECTOR for (int64_t c = 0; c < count; c++)
        y[c] = (x[c] - mean[c]) * factor[c] + bias[c];
    }
#undef ROW
  }
}

TANDEM_AT_LEVELS(void, NAME(columns_back), (const tandem_normalize_channels_back *w, int64_t begin,
                 int64_t end), (w, begin, end)) {
  for (int64_t channel = begin; channel < end; channel += NAME(width)) {
    const int64_t count = end - channel < NAME(width) ? end - channel : NAME(width);
    double slopes[NAME(width)], products[NAME(width)];
    T slope[NAME(width)], product[NAME(width)], factor[NAME(width)];
    const T *mean = (const T *)w->mean + channel;
#define ROW                                                                                       \
  const T *x = (const T *)w->x + row * w->channels + channel;                                     \
  const T *dy = (const T *)w->dy + row * w->channels + channel;                                   \
  (void)x;
    COLUMN_SUM(slopes, dy[c])
    COLUMN_SUM(products, dy[c] * (x[c] - mean[c]))
    for (int64_t c = 0; c < count; c++) {
      const T rstd =
          (T)(1.0 / __builtin_sqrt((double)((const T *)w->variance)[channel + c] + w->epsilon));
      const double scaled = products[c] * (double)rstd;
      ((T *)w->dScale)[channel + c] = (T)scaled;
      ((T *)w->dBias)[channel + c] = (T)slopes[c];
      slope[c] = (T)(slopes[c] / (double)w->outer);
      product[c] = (T)(scaled * (double)rstd / (double)w->outer);
      factor[c] = rstd * ((const T *)w->scale)[channel + c];
    }
    for (int64_t row = 0; row < w->outer; row++) {
      ROW
      T *dx = (T *)w->dx + row * w->channels + channel;
      TANDEM_NEURAL_VECTOR for (int64_t c = 0; c < count; c++)
        dx[c] = ((dy[c] - slope[c]) - (x[c] - mean[c]) * product[c]) * factor[c];
    }
#undef ROW
  }
}
#undef COLUMN_SUM
#undef LANE_SUM
#undef ROW_SUM
#undef AT
