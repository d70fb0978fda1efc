// Discrete Fourier transforms of lines of float or double. Bits follow from the length, the number
// of lines and the place of the axis, not from threads or the instruction set.
#ifndef TANDEM_FOURIER_H
#define TANDEM_FOURIER_H

#include <stdbool.h>
#include <stdint.h>

// What a transform of one length needs to know: factors and roots of unity. Never changes.
typedef struct tandem_fourier tandem_fourier;

enum { TANDEM_FOURIER_COMPLEX, TANDEM_FOURIER_REAL, TANDEM_FOURIER_INVERSE_REAL };

// A plan for transforms of this kind of `n` numbers, at least one; null without memory.
tandem_fourier *tandem_fourier_make(int64_t n, int32_t kind, bool wide);
void tandem_fourier_free(tandem_fourier *plan);
int64_t tandem_fourier_bytes(const tandem_fourier *plan);

// Transforms along the middle axis of a dense [outer, n, inner] array.
//   complex:       n complex numbers to n
//   real:          n real numbers to the first n / 2 + 1 of their spectrum
//   inverse real:  the first n / 2 + 1 of a spectrum to n real numbers; imaginary parts of those
//                  that are their own mirror images do not count
// Results are multiplied by `scale`; numbers of a half spectrum that stand for two are multiplied
// by `middle`. `inverse` turns the sign of the exponent of a complex transform.
typedef struct {
  const tandem_fourier *plan;
  const void *in;
  void *out;
  int64_t outer, inner;
  bool inverse;
  double scale, middle;
} tandem_fourier_work;

// Calls body(argument, i) once for each i below count.
typedef struct {
  void *context;
  void (*each)(void *context, int64_t count, void (*body)(void *argument, int64_t index),
               void *argument);
} tandem_fourier_team;

// Lines are worked through in blocks, which are independent; a block whose own steps can run side
// by side takes a team (or does all itself if there is none).
int64_t tandem_fourier_blocks(const tandem_fourier_work *work);
bool tandem_fourier_takes_team(const tandem_fourier_work *work);
// Bytes of scratch memory for one block, to be aligned to 64.
int64_t tandem_fourier_scratch(const tandem_fourier_work *work);
void tandem_fourier_run(const tandem_fourier_work *work, int64_t block, void *scratch,
                        const tandem_fourier_team *team);

#endif
