// Kernels of neural operators that are no loop programs: normalisation, attention, recurrent cells,
// optimizer steps. `type` is TANDEM_GEMM_FLOAT32 or TANDEM_GEMM_FLOAT64 throughout. Sums run in 16
// lanes over blocks of 256 elements, whose results are added in float64, so that neither threads
// nor instruction sets change a bit; only attention uses the matrix kernels, which may.
#ifndef TANDEM_NEURAL_H
#define TANDEM_NEURAL_H

#include <stdint.h>

// Rows that are normalised one by one: y = (x - mean) * rstd * scale + bias.
typedef struct {
  int32_t type;
  int32_t centers;  // whether the mean is subtracted; else mean is not looked at
  int64_t length;   // elements of a row
  double epsilon;
  const void *x, *scale, *bias;  // bias may be null
  void *y, *mean, *rstd;
  int32_t streams;  // y has rows of whole cache lines, which are written past the caches
} tandem_normalize_rows;
void tandem_normalize_rows_forward(const tandem_normalize_rows *, int64_t begin, int64_t end);

// Their gradients. `dScale` and `dBias` take this part's sums over rows begin..<end; dBias may be
// null.
typedef struct {
  int32_t type, centers;
  int64_t length;
  const void *x, *scale, *mean, *rstd, *dy;
  void *dx;
} tandem_normalize_rows_back;
void tandem_normalize_rows_backward(const tandem_normalize_rows_back *, int64_t begin, int64_t end,
                                    void *dScale, void *dBias);

// The channels of [outer, channels, inner], each normalised over outer and inner.
typedef struct {
  int32_t type;
  int64_t outer, channels, inner;
  double epsilon;
  const void *x, *scale, *bias;
  void *y, *mean, *variance;  // the variance divides by the number of elements
  int64_t resultStep;         // elements of y from one outer to the next, where inner is not one
} tandem_normalize_channels;
void tandem_normalize_channels_forward(const tandem_normalize_channels *, int64_t begin,
                                       int64_t end);

typedef struct {
  int32_t type;
  int64_t outer, channels, inner;
  double epsilon;
  const void *x, *scale, *mean, *variance, *dy;
  void *dx, *dScale, *dBias;
} tandem_normalize_channels_back;
void tandem_normalize_channels_backward(const tandem_normalize_channels_back *, int64_t begin,
                                        int64_t end);

// One step of an LSTM, feature-major: gates [4 * hidden, batch] in the order input, forget, cell,
// output hold what goes into the activations and afterwards what comes out.
typedef struct {
  int32_t type;
  int64_t hidden, batch;
  void *gates;
  const void *before;           // the cell's state before, [hidden, batch]
  void *after, *output;         // [hidden, batch]
  void *result;                 // the output again, with strides in elements
  int64_t batchStride, featureStride;
} tandem_lstm_cell;
void tandem_lstm_cell_forward(const tandem_lstm_cell *, int64_t begin, int64_t end);

// The step backwards. `dState` holds the gradient of the state after, then of that before.
typedef struct {
  int32_t type;
  int64_t hidden, batch;
  const void *gates, *before, *after;
  const void *dResult;          // of the output from outside, with strides in elements
  int64_t batchStride, featureStride;
  const void *dOutput;          // of the output from the next step, [hidden, batch]
  void *dState, *dGates;
} tandem_lstm_cell_back;
void tandem_lstm_cell_backward(const tandem_lstm_cell_back *, int64_t begin, int64_t end);

// Scaled dot-product attention of one head, rows of features one after another in memory.
typedef struct {
  int32_t type, causal;
  int64_t queries, keys, features;
  double scale;
  const void *q, *k, *v;
  int64_t qStride, kStride, vStride;    // between rows, in elements
  void *out;
  int64_t outStride;
  void *logSum;                          // [queries]: of the exponentials of the scaled products
  // For the gradient.
  const void *dOut;
  int64_t dOutStride;
  void *dq, *dk, *dv;
  int64_t dqStride, dkStride, dvStride;
} tandem_attention;

// Queries of a block: those that one call computes, and rows of scratch.
enum { TANDEM_ATTENTION_QUERIES = 64, TANDEM_ATTENTION_KEYS = 64 };
// Elements of scratch memory that a call needs.
int64_t tandem_attention_scratch(int64_t features);
// Computes the queries from `first` on, at most TANDEM_ATTENTION_QUERIES.
void tandem_attention_forward(const tandem_attention *, int64_t first, void *scratch);
// Computes all gradients of the head; `out` and `logSum` are read.
void tandem_attention_backward(const tandem_attention *, void *scratch);

// Adam and AdamW over elements begin..<end that lie one after another. The coefficients are rate,
// b1, b2, 1 - b1, 1 - b2, epsilon, decay, c1, c2, 1 - rate * decay, each rounded to `type`. Outputs
// may be the inputs that they replace.
typedef struct {
  int32_t type, decoupled;
  const void *parameter, *gradient, *first, *second, *coefficients;
  void *newParameter, *newFirst, *newSecond;
} tandem_adam;
void tandem_adam_step(const tandem_adam *, int64_t begin, int64_t end);

#endif
