// Opens a library of which nothing runs at the process's end, and which cannot end it.
//
// libLLVM has the C library call destructors for hundreds of its objects. At exit they would run
// under a thread that compiles, whichever thread ended the process, and whatever was registered to
// stop that thread would come too late: a library's first registrations happen inside dlopen, later
// ones at the first use of this and that. So none is registered: before the library's first
// constructor runs, its reference to __cxa_atexit is made to lead to a function that does nothing.
// (The system takes memory and files back.) Its calls of exit and abort, which are how it gives up,
// come back to whoever called it.
//
// What runs before the constructors of a library is the initialisation of one that is marked
// "initialise first". That is a file of a few hundred bytes, written here and in memory only: no
// code, the name of the library that it needs, and the address of a function of this file.
#include "opening.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__GLIBC__) && (defined(__x86_64__) || defined(__aarch64__))
#include <elf.h>
#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

_Thread_local jmp_buf *tandem_recovery;

// ---- What the library calls instead ----

// Whether the library has registered something with us: its first constructor does.
static _Atomic bool isCalled;

static int forget(void (*function)(void *), void *object, void *library) {
  (void)function, (void)object, (void)library;
  isCalled = true;
  return 0;
}

static _Noreturn void leave(int status) {
  if (tandem_recovery) longjmp(*tandem_recovery, 1);
  exit(status);
}

static _Noreturn void give_up(void) {
  if (tandem_recovery) longjmp(*tandem_recovery, 1);
  abort();
}

static const struct {
  const char *name;
  void *function;
} redirected[] = {
    {"__cxa_atexit", (void *)forget}, {"exit", (void *)leave}, {"abort", (void *)give_up}};

static void *instead_of(const char *name) {
  for (size_t i = 0; i < sizeof redirected / sizeof *redirected; i++)
    if (!strcmp(name, redirected[i].name)) return redirected[i].function;
  return NULL;
}

// ---- References of a library that is mapped but has not run yet ----

// What one call of dlopen is about.
typedef struct {
  const char *name;  // of the file, without folders
  bool isForgetful;  // whether __cxa_atexit leads to `forget`
} Opening;

static Opening opening;

static const char *last_part(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

// The addresses in a dynamic section are relative or, where ld.so has been, absolute.
static void *entry(const struct dl_phdr_info *library, const ElfW(Dyn) *dynamic, ElfW(Sxword) tag,
                   size_t *value) {
  for (; dynamic->d_tag != DT_NULL; dynamic++) {
    if (dynamic->d_tag != tag) continue;
    if (value) *value = dynamic->d_un.d_val;
    ElfW(Addr) address = dynamic->d_un.d_ptr;
    return (void *)(address < library->dlpi_addr ? address + library->dlpi_addr : address);
  }
  if (value) *value = 0;
  return NULL;
}

// ld.so protects whole pages: the last part of one stays writable.
static bool is_protected(const struct dl_phdr_info *library, ElfW(Addr) address, size_t page) {
  for (int i = 0; i < library->dlpi_phnum; i++) {
    const ElfW(Phdr) *segment = &library->dlpi_phdr[i];
    ElfW(Addr) start = library->dlpi_addr + segment->p_vaddr;
    ElfW(Addr) end = (start + segment->p_memsz) & ~(page - 1);
    if (segment->p_type == PT_GNU_RELRO && address >= start && address < end) return true;
  }
  return false;
}

// Whether the slot could be written. Slots that ld.so made read-only become so again.
static bool set_slot(const struct dl_phdr_info *library, void **slot, void *function) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  void *start = (void *)((uintptr_t)slot & ~(page - 1));
  bool isProtected = is_protected(library, (ElfW(Addr))slot, page);
  if (isProtected && mprotect(start, page, PROT_READ | PROT_WRITE)) return false;
  *slot = function;
  if (isProtected) mprotect(start, page, PROT_READ);
  return true;
}

static void redirect_table(const struct dl_phdr_info *library, const ElfW(Dyn) *dynamic,
                           const ElfW(Rela) *table, size_t bytes) {
  const ElfW(Sym) *symbols = entry(library, dynamic, DT_SYMTAB, NULL);
  const char *names = entry(library, dynamic, DT_STRTAB, NULL);
  if (!table || !symbols || !names) return;
  for (size_t i = 0; i < bytes / sizeof *table; i++) {
    size_t symbol = ELF64_R_SYM(table[i].r_info);
    if (!symbol || symbols[symbol].st_shndx != SHN_UNDEF) continue;
    void *function = instead_of(names + symbols[symbol].st_name);
    if (!function) continue;
    void **slot = (void **)(library->dlpi_addr + table[i].r_offset);
    if (set_slot(library, slot, function) && function == (void *)forget)
      opening.isForgetful = true;
  }
}

static int redirect(struct dl_phdr_info *library, size_t size, void *unused) {
  (void)size, (void)unused;
  if (strcmp(last_part(library->dlpi_name), opening.name)) return 0;
  for (int i = 0; i < library->dlpi_phnum; i++) {
    if (library->dlpi_phdr[i].p_type != PT_DYNAMIC) continue;
    const ElfW(Dyn) *dynamic = (void *)(library->dlpi_addr + library->dlpi_phdr[i].p_vaddr);
    size_t bytes;
    void *calls = entry(library, dynamic, DT_JMPREL, NULL);
    entry(library, dynamic, DT_PLTRELSZ, &bytes);
    redirect_table(library, dynamic, calls, bytes);
    void *others = entry(library, dynamic, DT_RELA, NULL);
    entry(library, dynamic, DT_RELASZ, &bytes);
    redirect_table(library, dynamic, others, bytes);
  }
  return 1;
}

static void before_constructors(void) { dl_iterate_phdr(redirect, NULL); }

// ---- The file that has it called ----

enum { entries = 10, names_bytes = 4096 };

typedef struct {
  ElfW(Ehdr) header;
  ElfW(Phdr) segments[3];
  ElfW(Dyn) dynamic[entries];
  ElfW(Sym) symbols[1];
  uint32_t hash[4];  // one bucket and one symbol, both empty
  void (*constructors[1])(void);
  char names[names_bytes];
} Forerunner;

static void fill(Forerunner *file, const char *library) {
#if defined(__x86_64__)
  enum { machine = EM_X86_64 };
#else
  enum { machine = EM_AARCH64 };
#endif
  enum { page_max = 1 << 16, name = 1 };
  *file = (Forerunner){
      .header = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
                             EV_CURRENT},
                 .e_type = ET_DYN, .e_machine = machine, .e_version = EV_CURRENT,
                 .e_phoff = offsetof(Forerunner, segments), .e_ehsize = sizeof(ElfW(Ehdr)),
                 .e_phentsize = sizeof(ElfW(Phdr)), .e_phnum = 3},
      .segments = {{.p_type = PT_LOAD, .p_flags = PF_R | PF_W, .p_filesz = sizeof *file,
                    .p_memsz = sizeof *file, .p_align = page_max},
                   {.p_type = PT_DYNAMIC, .p_flags = PF_R | PF_W,
                    .p_offset = offsetof(Forerunner, dynamic),
                    .p_vaddr = offsetof(Forerunner, dynamic), .p_filesz = sizeof file->dynamic,
                    .p_memsz = sizeof file->dynamic, .p_align = 8},
                   {.p_type = PT_GNU_STACK, .p_flags = PF_R | PF_W}},
      .dynamic = {{DT_NEEDED, {name}},
                  {DT_FLAGS_1, {DF_1_INITFIRST}},
                  {DT_STRTAB, {offsetof(Forerunner, names)}},
                  {DT_STRSZ, {names_bytes}},
                  {DT_SYMTAB, {offsetof(Forerunner, symbols)}},
                  {DT_SYMENT, {sizeof(ElfW(Sym))}},
                  {DT_HASH, {offsetof(Forerunner, hash)}},
                  {DT_INIT_ARRAY, {offsetof(Forerunner, constructors)}},
                  {DT_INIT_ARRAYSZ, {sizeof file->constructors}},
                  {DT_NULL, {0}}},
      .hash = {1, 1, 0, 0},
      .constructors = {before_constructors}};
  strncpy(file->names + name, library, names_bytes - name - 1);
}

static void *open_after(const Forerunner *file) {
  int descriptor = memfd_create("tandem-forerunner", MFD_CLOEXEC);
  if (descriptor < 0) return NULL;
  void *library = NULL;
  char path[32];
  snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
  if (write(descriptor, file, sizeof *file) == (ssize_t)sizeof *file)
    library = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
  close(descriptor);
  return library;
}

TandemOpening tandem_open_for_good(const char *name, void **library) {
  *library = dlopen(name, RTLD_LAZY | RTLD_LOCAL | RTLD_NOLOAD);
  if (*library) return TANDEM_OPENING_TAKEN;
  Forerunner file;
  if (strlen(name) > sizeof file.names - 2) return TANDEM_OPENING_FAILED;
  fill(&file, name);
  opening = (Opening){last_part(name), false};
  *library = open_after(&file);
  if (!*library) return TANDEM_OPENING_FAILED;
  // If nothing came to `forget` while it was opened, somebody else had opened it just before.
  return opening.isForgetful && isCalled ? TANDEM_OPENING_DONE : TANDEM_OPENING_TAKEN;
}
#else
_Thread_local jmp_buf *tandem_recovery;

TandemOpening tandem_open_for_good(const char *name, void **library) {
  (void)name;
  *library = NULL;
  return TANDEM_OPENING_FAILED;
}
#endif
