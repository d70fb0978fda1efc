// Finds oneDNN and its functions.
#include "library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tandem_onednn.h"

static TandemOneDNN library;

static bool found_all;

static void find(Handle handle, void *function, const char *name) {
  void *found = dlsym(handle, name);
  if (!found) found_all = false;
  memcpy(function, &found, sizeof found);
}

static void find_shared(Handle handle) {
  find(handle, &library.createEngine, "dnnl_engine_create");
  find(handle, &library.createStream, "dnnl_stream_create");
  find(handle, &library.destroyStream, "dnnl_stream_destroy");
  find(handle, &library.createAttributes, "dnnl_primitive_attr_create");
  find(handle, &library.destroyAttributes, "dnnl_primitive_attr_destroy");
  find(handle, &library.setScratchpad, "dnnl_primitive_attr_set_scratchpad_mode");
  find(handle, &library.query, "dnnl_primitive_desc_query");
  find(handle, &library.queryShape, "dnnl_primitive_desc_query_md");
  find(handle, &library.size, "dnnl_memory_desc_get_size");
  find(handle, &library.createMemory, "dnnl_memory_create");
  find(handle, &library.destroyMemory, "dnnl_memory_destroy");
  find(handle, &library.describeReorder, "dnnl_reorder_primitive_desc_create");
  find(handle, &library.destroyDescription, "dnnl_primitive_desc_destroy");
  find(handle, &library.create, "dnnl_primitive_create");
  find(handle, &library.destroy, "dnnl_primitive_destroy");
  find(handle, &library.execute, "dnnl_primitive_execute");
}

static void find_second(Handle handle) {
  find(handle, &library.strided2, "dnnl_memory_desc_init_by_strides");
  find(handle, &library.tagged2, "dnnl_memory_desc_init_by_tag");
  find(handle, &library.part2, "dnnl_memory_desc_init_submemory");
  find(handle, &library.forward2, "dnnl_dilated_convolution_forward_desc_init");
  find(handle, &library.inputGradient2, "dnnl_dilated_convolution_backward_data_desc_init");
  find(handle, &library.weightGradient2, "dnnl_dilated_convolution_backward_weights_desc_init");
  find(handle, &library.describe2, "dnnl_primitive_desc_create");
}

static void find_third(Handle handle) {
  find(handle, &library.strided3, "dnnl_memory_desc_create_with_strides");
  find(handle, &library.tagged3, "dnnl_memory_desc_create_with_tag");
  find(handle, &library.part3, "dnnl_memory_desc_create_submemory");
  find(handle, &library.destroyShape3, "dnnl_memory_desc_destroy");
  find(handle, &library.forward3, "dnnl_convolution_forward_primitive_desc_create");
  find(handle, &library.inputGradient3, "dnnl_convolution_backward_data_primitive_desc_create");
  find(handle, &library.weightGradient3, "dnnl_convolution_backward_weights_primitive_desc_create");
}

// Opens what TANDEM_ONEDNN names, or the newest version that is known.
static Handle open_library(void) {
  const char *wanted = getenv("TANDEM_ONEDNN");
  if (wanted && *wanted) return dlopen(wanted, RTLD_LAZY | RTLD_LOCAL);
  static const char *const names[] = {"libdnnl.so.3", "libdnnl.so.2"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    Handle handle = dlopen(names[i], RTLD_LAZY | RTLD_LOCAL);
    if (handle) return handle;
  }
  return NULL;
}

int32_t tandem_onednn_wanted(void) {
  const char *wanted = getenv("TANDEM_CONVOLUTION");
  if (wanted && !strcmp(wanted, "own")) return TANDEM_ONEDNN_NEVER;
  if (wanted && !strcmp(wanted, "onednn")) return TANDEM_ONEDNN_ALWAYS;
  return TANDEM_ONEDNN_AHEAD;
}

static void load(void) {
  Handle handle = open_library();
  if (!handle) return;
  void *function = dlsym(handle, "dnnl_version");
  if (!function) return;
  memcpy(&library.version, &function, sizeof function);
  const Version *is = library.version();
  if (is->major != 2 && is->major != 3) return;
  library.isThird = is->major == 3;
  found_all = true;
  find_shared(handle);
  (library.isThird ? find_third : find_second)(handle);
  if (!found_all || library.createEngine(&library.engine, LIBRARY_CPU, 0)) return;
  // Built for OpenMP the library asks it for threads; other builds would start their own.
  void *threads = dlsym(handle, "omp_get_max_threads"), *set = dlsym(handle, "omp_set_num_threads");
  if (!threads || !set) return;
  memcpy(&library.threads, &threads, sizeof threads);
  memcpy(&library.setThreads, &set, sizeof set);
  snprintf(library.number, sizeof library.number, "%d.%d.%d", is->major, is->minor, is->patch);
}

const TandemOneDNN *tandem_onednn_library(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return *library.number ? &library : NULL;
}

const char *tandem_onednn_version(void) {
  const TandemOneDNN *found = tandem_onednn_library();
  return found ? found->number : NULL;
}

int tandem_onednn_alone(void) {
  int before = library.threads();
  if (before != 1) library.setThreads(1);
  return before;
}

void tandem_onednn_together(int before) {
  if (before != 1) library.setThreads(before);
}
