#pragma once

#include <stdint.h>

// Convolutions of float32 images whose channels lie together, by oneDNN, which is opened at first
// use: version 2 or 3, whose functions differ. Every call runs on the calling thread alone.

enum { TANDEM_ONEDNN_FORWARD, TANDEM_ONEDNN_INPUT_GRADIENT, TANDEM_ONEDNN_WEIGHT_GRADIENT };

// What TANDEM_CONVOLUTION asks for: `own`, `onednn`, or nothing.
enum { TANDEM_ONEDNN_NEVER, TANDEM_ONEDNN_AHEAD, TANDEM_ONEDNN_ALWAYS };

int32_t tandem_onednn_wanted(void);

// What is convolved. Axes that are absent have length one, stride one and no padding; lists hold
// (z, y, x). Images are `[images, z, y, x, channels]` without gaps.
typedef struct {
  int32_t kind;
  int64_t images, channels, outputs, groups;
  int64_t input[3], output[3], kernel[3];
  int64_t stride[3], dilation[3], paddingBegin[3], paddingEnd[3];
  // Distances in elements of neighbours of the weight as its owner has it: along groups, outputs
  // and channels of a group, and the axes of the kernel.
  int64_t weightStrides[6];
  // In how many parts the weight is moved: of the groups, or of the outputs where there is one
  // group. They divide them.
  int64_t weightParts;
} tandem_onednn_problem;

typedef struct tandem_onednn_convolution tandem_onednn_convolution;

// The library's version, as "3.2.0"; null where it is missing or of another version.
const char *tandem_onednn_version(void);

// A convolution that may run on several threads at once; null if the library is missing, refuses
// the problem, or has no code of its own for it but only its reference.
tandem_onednn_convolution *tandem_onednn_create(const tandem_onednn_problem *problem);
void tandem_onednn_destroy(tandem_onednn_convolution *convolution);

// The library's name for the code that runs.
const char *tandem_onednn_implementation(const tandem_onednn_convolution *convolution);

// Bytes of a weight in the order of the library, and of memory that one run needs for itself.
int64_t tandem_onednn_weight_bytes(const tandem_onednn_convolution *convolution);
int64_t tandem_onednn_scratch_bytes(const tandem_onednn_convolution *convolution);

// Copies a part of a weight into the order of the library; from there, where it is computed. Both
// are pointers to the whole. Zero, or the library's status.
int32_t tandem_onednn_move_weight(const tandem_onednn_convolution *convolution, int64_t part,
                                  void *plain, void *packed);

// Convolves. What the kind computes is written, the other two are read. Zero, or the library's
// status.
int32_t tandem_onednn_run(const tandem_onednn_convolution *convolution, void *input, void *weight,
                          void *output, void *scratch);
