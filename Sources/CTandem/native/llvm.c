// libLLVM by its C API, without its headers: opened at first use, its functions declared by hand.
// Text is compiled to an object by a target machine of our own and linked by LLJIT.
#include "../include/tandem_native.h"
#include "opening.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#if defined(__aarch64__)
#define TARGET_FUNCTION(part) "LLVMInitializeAArch64" part
#else
#define TARGET_FUNCTION(part) "LLVMInitializeX86" part
#endif

// Handles are pointers whatever they point to; enumerations are ints.
typedef void *Ref;

static struct {
  void (*initTargetInfo)(void), (*initTarget)(void), (*initTargetMC)(void), (*initPrinter)(void);
  Ref (*contextCreate)(void);
  void (*contextDispose)(Ref);
  Ref (*copyBuffer)(const char *, size_t, const char *);
  const char *(*bufferStart)(Ref);
  size_t (*bufferSize)(Ref);
  void (*disposeBuffer)(Ref);
  int (*parse)(Ref, Ref, Ref *, char **);
  int (*verify)(Ref, int, char **);
  void (*disposeModule)(Ref);
  void (*disposeMessage)(char *);
  char *(*defaultTriple)(void);
  int (*targetFromTriple)(const char *, Ref *, char **);
  Ref (*createMachine)(Ref, const char *, const char *, const char *, int, int, int);
  void (*disposeMachine)(Ref);
  Ref (*machineLayout)(Ref);
  void (*disposeLayout)(Ref);
  void (*setLayout)(Ref, Ref);
  void (*setTriple)(Ref, const char *);
  int (*emit)(Ref, Ref, int, char **, Ref *);
  Ref (*createOptions)(void);
  void (*disposeOptions)(Ref);
  Ref (*runPasses)(Ref, const char *, Ref, Ref);
  Ref (*createJITBuilder)(void);
  Ref (*createJIT)(Ref *, Ref);
  Ref (*disposeJIT)(Ref);
  Ref (*mainLibrary)(Ref);
  Ref (*createTracker)(Ref);
  Ref (*removeTracker)(Ref);
  void (*releaseTracker)(Ref);
  Ref (*addObject)(Ref, Ref, Ref);
  Ref (*lookup)(Ref, uint64_t *, const char *);
  char *(*errorMessage)(Ref);
  void (*disposeErrorMessage)(char *);
} llvm;

static const struct {
  void *slot;
  const char *name;
} functions[] = {
    {&llvm.initTargetInfo, TARGET_FUNCTION("TargetInfo")},
    {&llvm.initTarget, TARGET_FUNCTION("Target")},
    {&llvm.initTargetMC, TARGET_FUNCTION("TargetMC")},
    {&llvm.initPrinter, TARGET_FUNCTION("AsmPrinter")},
    {&llvm.contextCreate, "LLVMContextCreate"},
    {&llvm.contextDispose, "LLVMContextDispose"},
    {&llvm.copyBuffer, "LLVMCreateMemoryBufferWithMemoryRangeCopy"},
    {&llvm.bufferStart, "LLVMGetBufferStart"},
    {&llvm.bufferSize, "LLVMGetBufferSize"},
    {&llvm.disposeBuffer, "LLVMDisposeMemoryBuffer"},
    {&llvm.parse, "LLVMParseIRInContext"},
    {&llvm.verify, "LLVMVerifyModule"},
    {&llvm.disposeModule, "LLVMDisposeModule"},
    {&llvm.disposeMessage, "LLVMDisposeMessage"},
    {&llvm.defaultTriple, "LLVMGetDefaultTargetTriple"},
    {&llvm.targetFromTriple, "LLVMGetTargetFromTriple"},
    {&llvm.createMachine, "LLVMCreateTargetMachine"},
    {&llvm.disposeMachine, "LLVMDisposeTargetMachine"},
    {&llvm.machineLayout, "LLVMCreateTargetDataLayout"},
    {&llvm.disposeLayout, "LLVMDisposeTargetData"},
    {&llvm.setLayout, "LLVMSetModuleDataLayout"},
    {&llvm.setTriple, "LLVMSetTarget"},
    {&llvm.emit, "LLVMTargetMachineEmitToMemoryBuffer"},
    {&llvm.createOptions, "LLVMCreatePassBuilderOptions"},
    {&llvm.disposeOptions, "LLVMDisposePassBuilderOptions"},
    {&llvm.runPasses, "LLVMRunPasses"},
    {&llvm.createJITBuilder, "LLVMOrcCreateLLJITBuilder"},
    {&llvm.createJIT, "LLVMOrcCreateLLJIT"},
    {&llvm.disposeJIT, "LLVMOrcDisposeLLJIT"},
    {&llvm.mainLibrary, "LLVMOrcLLJITGetMainJITDylib"},
    {&llvm.createTracker, "LLVMOrcJITDylibCreateResourceTracker"},
    {&llvm.removeTracker, "LLVMOrcResourceTrackerRemove"},
    {&llvm.releaseTracker, "LLVMOrcReleaseResourceTracker"},
    {&llvm.addObject, "LLVMOrcLLJITAddObjectFileWithRT"},
    {&llvm.lookup, "LLVMOrcLLJITLookup"},
    {&llvm.errorMessage, "LLVMGetErrorMessage"},
    {&llvm.disposeErrorMessage, "LLVMDisposeErrorMessage"},
};

// Tried versions first, then newer ones.
static const char *const libraries[] = {
    "libLLVM.so.19.1", "libLLVM-19.so.1", "libLLVM.so.18.1", "libLLVM-18.so.1", "libLLVM-17.so.1",
    "libLLVM-16.so.1", "libLLVM-15.so.1", "libLLVM.so.20.1", "libLLVM.so.21.1", "libLLVM.so.22.1",
    "libLLVM-14.so.1", "libLLVM-13.so.1"};

static TandemLLVMStatus status;
static char found[320];

static TandemLLVMStatus says(TandemLLVMStatus result, const char *format, const char *detail) {
  snprintf(found, sizeof found, format, detail);
  return result;
}

// Whether memory that was written may be executed: hardened systems refuse, and LLVM would find out
// by a crash.
static bool may_execute(void) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  void *memory = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return false;
  *(volatile char *)memory = 0;
  bool may = mprotect(memory, page, PROT_READ | PROT_EXEC) == 0;
  int error = errno;
  munmap(memory, page);
  errno = error;
  return may;
}

static TandemOpening open_library(const char *path, void **library) {
  if (path) return tandem_open_for_good(path, library);
  for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++) {
    TandemOpening outcome = tandem_open_for_good(libraries[i], library);
    if (outcome != TANDEM_OPENING_FAILED) return outcome;
  }
  return TANDEM_OPENING_FAILED;
}

// The first version that has no typed pointers is 15, which cannot tell its number.
static unsigned version_of(void *library, char *words, size_t capacity) {
  void (*get)(unsigned *, unsigned *, unsigned *);
  void *symbol = dlsym(library, "LLVMGetVersion");
  unsigned version[3] = {dlsym(library, "LLVMContextSetOpaquePointers") ? 15 : 0, 0, 0};
  if (symbol) {
    memcpy(&get, &symbol, sizeof get);
    get(&version[0], &version[1], &version[2]);
    snprintf(words, capacity, "LLVM %u.%u.%u", version[0], version[1], version[2]);
  } else {
    snprintf(words, capacity, "LLVM %u", version[0]);
  }
  return version[0];
}

static TandemLLVMStatus load(const char *path) {
  void *library;
  TandemOpening outcome = open_library(path, &library);
  if (outcome == TANDEM_OPENING_FAILED)
    return says(TANDEM_LLVM_MISSING, "not found: %s", path ? path : "no libLLVM 15 or later");
  if (outcome == TANDEM_OPENING_TAKEN)
    return says(TANDEM_LLVM_TAKEN, "%s", "libLLVM is used by the program itself");
  char version[64];
  if (version_of(library, version, sizeof version) < 15)
    return says(TANDEM_LLVM_TOO_OLD, "libLLVM is too old: %s", "15 or later is needed");
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    void *function = dlsym(library, functions[i].name);
    if (!function) return says(TANDEM_LLVM_BROKEN, "libLLVM lacks %s", functions[i].name);
    memcpy(functions[i].slot, &function, sizeof function);
  }
  if (!may_execute())
    return says(TANDEM_LLVM_NOT_EXECUTABLE, "no executable memory: %s", strerror(errno));
  llvm.initTargetInfo();
  llvm.initTarget();
  llvm.initTargetMC();
  llvm.initPrinter();
  return says(TANDEM_LLVM_FOUND, "%s", version);
}

TandemLLVMStatus tandem_llvm_open(const char *path, char *words, int64_t capacity) {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  static bool isDone;
  pthread_mutex_lock(&lock);
  if (!isDone) status = load(path);
  isDone = true;
  snprintf(words, (size_t)capacity, "%s", found);
  pthread_mutex_unlock(&lock);
  return status;
}

struct TandemLLVM {
  Ref machine, jit;
  char *triple;
};

static bool is_error(Ref error, char *words, int64_t capacity) {
  if (!error) return false;
  char *message = llvm.errorMessage(error);
  snprintf(words, (size_t)capacity, "%s", message);
  llvm.disposeErrorMessage(message);
  return true;
}

static bool is_message(int failed, char *message, char *words, int64_t capacity) {
  if (failed) snprintf(words, (size_t)capacity, "%s", message ? message : "no reason given");
  if (message) llvm.disposeMessage(message);
  return failed;
}

// The features that the C kernels of the level are compiled for.
static const char *features_of(int32_t level) {
#if defined(__x86_64__)
  if (level == TANDEM_ISA_AVX512) return "+avx2,+avx512f,+avx512bw,+avx512vl,+avx512dq";
  if (level == TANDEM_ISA_AVX2) return "+avx2";
#endif
  (void)level;
  return "";
}

static TandemLLVM *discarded(TandemLLVM *l) {
  if (l->machine) llvm.disposeMachine(l->machine);
  if (l->triple) llvm.disposeMessage(l->triple);
  free(l);
  return NULL;
}

// Whether LLVM met what it cannot go on from while it compiled. Its locks and tables are as they
// are, so nothing begins to call it again.
static _Atomic bool isGivenUp;

TandemLLVM *tandem_llvm_create(int32_t level, char *words, int64_t capacity) {
  enum { optimise = 2, positionIndependent = 2, smallCode = 3 };
#if defined(__x86_64__)
  const char *processor = "x86-64";
#else
  const char *processor = "generic";
#endif
  TandemLLVM *result = isGivenUp ? NULL : calloc(1, sizeof *result);
  if (!result) {
    snprintf(words, (size_t)capacity, isGivenUp ? "libLLVM gave up" : "no memory for a compiler");
    return NULL;
  }
  Ref target;
  char *message = NULL;
  result->triple = llvm.defaultTriple();
  if (is_message(llvm.targetFromTriple(result->triple, &target, &message), message, words,
                 capacity))
    return discarded(result);
  result->machine = llvm.createMachine(target, result->triple, processor, features_of(level),
                                       optimise, positionIndependent, smallCode);
  if (!result->machine) {
    snprintf(words, (size_t)capacity, "no target machine for %s", result->triple);
    return discarded(result);
  }
  if (is_error(llvm.createJIT(&result->jit, llvm.createJITBuilder()), words, capacity))
    return discarded(result);
  return result;
}

// The text as a verified module for the machine, or null.
static Ref module_of(TandemLLVM *l, Ref context, const char *text, char *words,
                     int64_t capacity) {
  Ref module = NULL;
  char *message = NULL;
  // The parser takes the buffer over.
  Ref buffer = llvm.copyBuffer(text, strlen(text), "kernel");
  if (is_message(llvm.parse(context, buffer, &module, &message), message, words, capacity))
    return NULL;
  enum { returnStatus = 2 };
  message = NULL;
  if (is_message(llvm.verify(module, returnStatus, &message), message, words, capacity)) {
    llvm.disposeModule(module);
    return NULL;
  }
  Ref layout = llvm.machineLayout(l->machine);
  llvm.setLayout(module, layout);
  llvm.disposeLayout(layout);
  llvm.setTriple(module, l->triple);
  Ref options = llvm.createOptions();
  // Loads of numbers out of loops; vectors and the order of operations are in the text already.
  Ref error = llvm.runPasses(module, "function(early-cse,loop-mssa(licm),instsimplify)",
                             l->machine, options);
  llvm.disposeOptions(options);
  if (!is_error(error, words, capacity)) return module;
  llvm.disposeModule(module);
  return NULL;
}

static bool assembly_of(TandemLLVM *l, Ref module, char **assembly, char *words,
                        int64_t capacity) {
  enum { assemblyFile = 0 };
  Ref buffer = NULL;
  char *message = NULL;
  if (is_message(llvm.emit(l->machine, module, assemblyFile, &message, &buffer), message, words,
                 capacity))
    return false;
  *assembly = strndup(llvm.bufferStart(buffer), llvm.bufferSize(buffer));
  llvm.disposeBuffer(buffer);
  return true;
}

static bool link_object(TandemLLVM *l, Ref object, const char *function, TandemMachineCode *code,
                        char *words, int64_t capacity) {
  code->objectBytes = (int64_t)llvm.bufferSize(object);
  code->tracker = llvm.createTracker(llvm.mainLibrary(l->jit));
  uint64_t address = 0;
  // The linker takes the buffer over.
  if (is_error(llvm.addObject(l->jit, code->tracker, object), words, capacity) ||
      is_error(llvm.lookup(l->jit, &address, function), words, capacity)) {
    tandem_llvm_free(code->tracker);
    return false;
  }
  code->function = (void *)(uintptr_t)address;
  return true;
}

static bool compiled(TandemLLVM *l, const char *text, const char *function, bool wantsAssembly,
                     TandemMachineCode *code, char *words, int64_t capacity) {
  enum { objectFile = 1 };
  Ref context = llvm.contextCreate(), object = NULL;
  bool isDone = false;
  if (wantsAssembly) {
    // Making assembly changes a module, so it has one of its own.
    Ref copy = module_of(l, context, text, words, capacity);
    if (copy) assembly_of(l, copy, &code->assembly, words, capacity);
    if (copy) llvm.disposeModule(copy);
  }
  Ref module = module_of(l, context, text, words, capacity);
  char *message = NULL;
  if (module && !is_message(llvm.emit(l->machine, module, objectFile, &message, &object), message,
                            words, capacity))
    isDone = link_object(l, object, function, code, words, capacity);
  if (module) llvm.disposeModule(module);
  llvm.contextDispose(context);
  return isDone;
}

bool tandem_llvm_compile(TandemLLVM *l, const char *text, const char *function,
                         bool wantsAssembly, TandemMachineCode *code, char *words,
                         int64_t capacity) {
  *code = (TandemMachineCode){0};
  jmp_buf recovery;
  bool isDone = false;
  if (!isGivenUp && !setjmp(recovery)) {
    tandem_recovery = &recovery;
    isDone = compiled(l, text, function, wantsAssembly, code, words, capacity);
  } else {
    isGivenUp = true;
    *code = (TandemMachineCode){0};
    snprintf(words, (size_t)capacity, "libLLVM gave up");
  }
  tandem_recovery = NULL;
  return isDone;
}

void tandem_llvm_free(void *tracker) {
  if (isGivenUp) return;
  Ref error = llvm.removeTracker(tracker);
  if (error) llvm.disposeErrorMessage(llvm.errorMessage(error));
  llvm.releaseTracker(tracker);
}
