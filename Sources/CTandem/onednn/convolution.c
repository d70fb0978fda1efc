// Convolutions of oneDNN: how they are described, what they need, and their runs.
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "library.h"
#include "tandem_onednn.h"

// Set before the first convolution is described.
static const TandemOneDNN *library;

// ---- Descriptions ----

struct tandem_onednn_convolution {
  Handle description, primitive;
  Description input, output, plain;
  const void *weight, *scratchpad;
  // For each part of the weight, from its owner's order to the library's; back for its gradient.
  struct {
    Handle primitive;
    Description plain, packed;
  } *moves;
  int64_t parts;
  int kind;
  const char *implementation;
};

static const void *shape(const Description *description) {
  return library->isThird ? description->handle : (const void *)description;
}

static int describe(Description *to, int axes, const int64_t *lengths, const int64_t *strides) {
  if (strides) {
    return library->isThird
               ? library->strided3(&to->handle, axes, lengths, LIBRARY_FLOAT32, strides)
               : library->strided2(to, axes, lengths, LIBRARY_FLOAT32, strides);
  }
  return library->isThird
             ? library->tagged3(&to->handle, axes, lengths, LIBRARY_FLOAT32, LIBRARY_ANY)
             : library->tagged2(to, axes, lengths, LIBRARY_FLOAT32, LIBRARY_ANY);
}

static void forget(Description *description) {
  if (library->isThird && description->handle) library->destroyShape3(description->handle);
}

// The first axis that a problem has: absent ones in front are left out, for which the library has
// more code.
static int first_axis(const tandem_onednn_problem *problem) {
  int first = 0;
  while (first < 2 && problem->input[first] == 1 && problem->output[first] == 1 &&
         problem->kernel[first] == 1 && !problem->paddingBegin[first] &&
         !problem->paddingEnd[first]) {
    first++;
  }
  // One axis is two to the library too, but a plane has more code.
  return first < 1 ? 0 : 1;
}

static int describe_part(Description *to, const void *whole, const int64_t *lengths,
                         const int64_t *offsets) {
  return library->isThird ? library->part3(&to->handle, whole, lengths, offsets)
                          : library->part2(to, whole, lengths, offsets);
}

static int describe_images(Description *to, const tandem_onednn_problem *problem,
                           const int64_t lengths[3], int64_t channels) {
  Lengths sizes = {problem->images, channels}, strides = {0, 1};
  int axes = 2;
  int64_t stride = channels;
  for (int i = first_axis(problem); i < 3; i++) sizes[axes++] = lengths[i];
  for (int i = axes - 1; i >= 2; i--) {
    strides[i] = stride;
    stride *= sizes[i];
  }
  strides[0] = stride;
  return describe(to, axes, sizes, strides);
}

// Lengths of the weight, and its owner's strides.
static int weight_axes(const tandem_onednn_problem *problem, Lengths lengths, Lengths strides) {
  int axes = 0;
  int64_t outputs = problem->outputs / problem->groups;
  if (problem->groups > 1) {
    lengths[axes] = problem->groups;
    strides[axes++] = problem->weightStrides[0];
  }
  lengths[axes] = outputs;
  strides[axes++] = problem->weightStrides[1];
  lengths[axes] = problem->channels / problem->groups;
  strides[axes++] = problem->weightStrides[2];
  for (int i = first_axis(problem); i < 3; i++) {
    lengths[axes] = problem->kernel[i];
    strides[axes++] = problem->weightStrides[3 + i];
  }
  return axes;
}

// How the window moves, without absent axes, as the library counts.
typedef struct {
  Lengths stride, gap, before, after;
} Window;

static Window window(const tandem_onednn_problem *problem) {
  Window window = {{0}, {0}, {0}, {0}};
  for (int i = first_axis(problem), axis = 0; i < 3; i++, axis++) {
    window.stride[axis] = problem->stride[i];
    window.gap[axis] = problem->dilation[i] - 1;
    window.before[axis] = problem->paddingBegin[i];
    window.after[axis] = problem->paddingEnd[i];
  }
  return window;
}

// The description of a primitive. `hint` is that of the forward one, for gradients.
static int describe_second(Handle *to, int kind, const Description *input,
                           const Description *weight, const Description *output, const Window *w,
                           Handle hint, Handle attributes) {
  Operation operation;
  int status;
  if (kind == TANDEM_ONEDNN_FORWARD) {
    status = library->forward2(&operation, LIBRARY_FORWARD, LIBRARY_DIRECT, input, weight, NULL,
                               output, w->stride, w->gap, w->before, w->after);
  } else if (kind == TANDEM_ONEDNN_INPUT_GRADIENT) {
    status = library->inputGradient2(&operation, LIBRARY_DIRECT, input, weight, output, w->stride,
                                     w->gap, w->before, w->after);
  } else {
    status = library->weightGradient2(&operation, LIBRARY_DIRECT, input, weight, NULL, output,
                                      w->stride, w->gap, w->before, w->after);
  }
  return status ? status : library->describe2(to, &operation, attributes, library->engine, hint);
}

static int describe_third(Handle *to, int kind, const Description *input, const Description *weight,
                          const Description *output, const Window *w, Handle hint,
                          Handle attributes) {
  Handle x = input->handle, k = weight->handle, y = output->handle;
  if (kind == TANDEM_ONEDNN_FORWARD) {
    return library->forward3(to, library->engine, LIBRARY_FORWARD, LIBRARY_DIRECT, x, k, NULL, y,
                             w->stride, w->gap, w->before, w->after, attributes);
  }
  if (kind == TANDEM_ONEDNN_INPUT_GRADIENT) {
    return library->inputGradient3(to, library->engine, LIBRARY_DIRECT, x, k, y, w->stride, w->gap,
                                   w->before, w->after, hint, attributes);
  }
  return library->weightGradient3(to, library->engine, LIBRARY_DIRECT, x, k, NULL, y, w->stride,
                                  w->gap, w->before, w->after, hint, attributes);
}

static int describe_convolution(tandem_onednn_convolution *convolution, const Description *weight,
                                const Window *w) {
  int (*describe_kind)(Handle *, int, const Description *, const Description *, const Description *,
                       const Window *, Handle, Handle) =
      library->isThird ? describe_third : describe_second;
  Handle attributes = NULL, forward = NULL;
  int status = library->createAttributes(&attributes);
  if (status) return status;
  status = library->setScratchpad(attributes, LIBRARY_USER_SCRATCHPAD);
  if (!status && convolution->kind != TANDEM_ONEDNN_FORWARD) {
    status = describe_kind(&forward, TANDEM_ONEDNN_FORWARD, &convolution->input, weight,
                           &convolution->output, w, NULL, attributes);
  }
  if (!status) {
    status = describe_kind(&convolution->description, convolution->kind, &convolution->input,
                           weight, &convolution->output, w, forward, attributes);
  }
  if (forward) library->destroyDescription(forward);
  library->destroyAttributes(attributes);
  return status;
}

static int create_reorder(Handle *primitive, const void *from, const void *to) {
  Handle description = NULL;
  int status =
      library->describeReorder(&description, from, library->engine, to, library->engine, NULL);
  if (status) return status;
  status = library->create(primitive, description);
  library->destroyDescription(description);
  return status;
}

// How each part of the weight is moved. Zero, or the library's status.
static int create_moves(tandem_onednn_convolution *convolution,
                        const tandem_onednn_problem *problem) {
  convolution->moves = calloc((size_t)problem->weightParts, sizeof *convolution->moves);
  if (!convolution->moves) return -1;
  Lengths lengths, strides, offsets = {0};
  weight_axes(problem, lengths, strides);
  lengths[0] /= problem->weightParts;
  int status = 0;
  while (!status && convolution->parts < problem->weightParts) {
    int64_t part = convolution->parts++;
    Description *plain = &convolution->moves[part].plain;
    Description *packed = &convolution->moves[part].packed;
    offsets[0] = part * lengths[0];
    status = describe_part(plain, shape(&convolution->plain), lengths, offsets);
    if (!status) status = describe_part(packed, convolution->weight, lengths, offsets);
    if (status) break;
    bool packs = convolution->kind != TANDEM_ONEDNN_WEIGHT_GRADIENT;
    status = create_reorder(&convolution->moves[part].primitive, shape(packs ? plain : packed),
                            shape(packs ? packed : plain));
  }
  return status;
}

// What `convolution` still lacks once its problem is described. Zero, or the library's status.
static int complete(tandem_onednn_convolution *convolution, const tandem_onednn_problem *problem) {
  Handle description = convolution->description;
  bool isGradient = convolution->kind == TANDEM_ONEDNN_WEIGHT_GRADIENT;
  int what = isGradient ? QUERY_WEIGHT_GRADIENT : QUERY_WEIGHTS;
  convolution->weight = library->queryShape(description, what, 0);
  convolution->scratchpad = library->queryShape(description, QUERY_SCRATCHPAD, 0);
  if (!convolution->weight || !convolution->scratchpad) return -1;
  int status = library->query(description, QUERY_IMPLEMENTATION, 0, &convolution->implementation);
  if (status) return status;
  const char *name = convolution->implementation;
  if (!strstr(name, "jit") && !strstr(name, "brg") && !strstr(name, "brdgmm")) return -1;
  status = library->create(&convolution->primitive, description);
  return status ? status : create_moves(convolution, problem);
}

tandem_onednn_convolution *tandem_onednn_create(const tandem_onednn_problem *problem) {
  const TandemOneDNN *found = tandem_onednn_library();
  if (!found) return NULL;
  __atomic_store_n(&library, found, __ATOMIC_RELEASE);
  tandem_onednn_convolution *convolution = calloc(1, sizeof *convolution);
  if (!convolution) return NULL;
  convolution->kind = problem->kind;
  Lengths lengths, strides;
  int axes = weight_axes(problem, lengths, strides);
  Description weight = {.handle = NULL};
  Window w = window(problem);
  int before = tandem_onednn_alone();
  int status = describe_images(&convolution->input, problem, problem->input, problem->channels);
  if (!status)
    status = describe_images(&convolution->output, problem, problem->output, problem->outputs);
  if (!status) status = describe(&convolution->plain, axes, lengths, strides);
  if (!status) status = describe(&weight, axes, lengths, NULL);
  if (!status) status = describe_convolution(convolution, &weight, &w);
  if (!status) status = complete(convolution, problem);
  forget(&weight);
  tandem_onednn_together(before);
  if (!status) return convolution;
  tandem_onednn_destroy(convolution);
  return NULL;
}

void tandem_onednn_destroy(tandem_onednn_convolution *convolution) {
  for (int64_t part = 0; part < convolution->parts; part++) {
    if (convolution->moves[part].primitive) library->destroy(convolution->moves[part].primitive);
    forget(&convolution->moves[part].plain);
    forget(&convolution->moves[part].packed);
  }
  free(convolution->moves);
  if (convolution->primitive) library->destroy(convolution->primitive);
  if (convolution->description) library->destroyDescription(convolution->description);
  forget(&convolution->input);
  forget(&convolution->output);
  forget(&convolution->plain);
  free(convolution);
}

const char *tandem_onednn_implementation(const tandem_onednn_convolution *convolution) {
  return convolution->implementation;
}

int64_t tandem_onednn_weight_bytes(const tandem_onednn_convolution *convolution) {
  return (int64_t)library->size(convolution->weight);
}

int64_t tandem_onednn_scratch_bytes(const tandem_onednn_convolution *convolution) {
  return (int64_t)library->size(convolution->scratchpad);
}

// ---- Running ----

typedef struct {
  int argument;
  const void *shape;
  void *start;
} Operand;

static int execute(Handle primitive, const Operand *operands, int count) {
  Argument arguments[4];
  int made = 0, status = 0, before = tandem_onednn_alone();
  Handle stream = NULL;
  while (!status && made < count) {
    const Operand *operand = &operands[made];
    arguments[made].argument = operand->argument;
    status = library->createMemory(&arguments[made].memory, operand->shape, library->engine,
                                   operand->start);
    if (!status) made++;
  }
  if (!status) status = library->createStream(&stream, library->engine, 1);
  if (!status) status = library->execute(primitive, stream, count, arguments);
  if (stream) library->destroyStream(stream);
  for (int i = 0; i < made; i++) library->destroyMemory(arguments[i].memory);
  tandem_onednn_together(before);
  return status;
}

int32_t tandem_onednn_move_weight(const tandem_onednn_convolution *convolution, int64_t part,
                                  void *plain, void *packed) {
  bool packs = convolution->kind != TANDEM_ONEDNN_WEIGHT_GRADIENT;
  int plainName = packs ? ARGUMENT_SOURCE : ARGUMENT_RESULT;
  int packedName = packs ? ARGUMENT_RESULT : ARGUMENT_SOURCE;
  const Operand operands[] = {{plainName, shape(&convolution->moves[part].plain), plain},
                              {packedName, shape(&convolution->moves[part].packed), packed}};
  return execute(convolution->moves[part].primitive, operands, 2);
}

int32_t tandem_onednn_run(const tandem_onednn_convolution *convolution, void *input, void *weight,
                          void *output, void *scratch) {
  static const int names[3][3] = {
      {ARGUMENT_SOURCE, ARGUMENT_WEIGHTS, ARGUMENT_RESULT},
      {ARGUMENT_SOURCE_GRADIENT, ARGUMENT_WEIGHTS, ARGUMENT_RESULT_GRADIENT},
      {ARGUMENT_SOURCE, ARGUMENT_WEIGHT_GRADIENT, ARGUMENT_RESULT_GRADIENT}};
  const int *name = names[convolution->kind];
  const Operand operands[] = {{name[0], shape(&convolution->input), input},
                              {name[1], convolution->weight, weight},
                              {name[2], shape(&convolution->output), output},
                              {ARGUMENT_SCRATCHPAD, convolution->scratchpad, scratch}};
  return execute(convolution->primitive, operands, 4);
}
