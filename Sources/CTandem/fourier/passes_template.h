// The passes of a transform of made-up lengths over lines that lie side by side: element k of all
// lines is one register. Included by fourier.c with T, W, NAME.
//
// Each pass follows Stockham: results are in order, between two arrays in turn.

typedef T NAME(vec) __attribute__((vector_size(64), may_alias));
#define V NAME(vec)
#define ALWAYS static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

// Where the butterflies of one pass read and write; `m` of them share each root of unity.
#define PASS_PARAMETERS                                                                         \
  int64_t m, int64_t s, const T *roots, const V *xr, const V *xi, V *yr, V *yi
#define PASS_ARGUMENTS m, s, roots, xr, xi, yr, yi

// Result k of a butterfly, turned by its root unless that is one.
#define PUT(r, k, re, im)                                                                       \
  {                                                                                             \
    const int64_t at_ = q + s * ((r) * p + (k));                                                \
    if (turns && (k) > 0) {                                                                     \
      const T wr_ = root[2 * (k) - 2], wi_ = root[2 * (k) - 1];                                 \
      yr[at_] = (re) * wr_ - (im) * wi_;                                                        \
      yi[at_] = (re) * wi_ + (im) * wr_;                                                        \
    } else {                                                                                    \
      yr[at_] = (re);                                                                           \
      yi[at_] = (im);                                                                           \
    }                                                                                           \
  }

#define GET(j) const V r##j = xr[q + s * (p + m * j)], i##j = xi[q + s * (p + m * j)];

ALWAYS void NAME(row2)(PASS_PARAMETERS, int64_t p, bool turns) {
  const T *root = roots + 2 * p;
  for (int64_t q = 0; q < s; q++) {
    GET(0) GET(1)
    PUT(2, 0, r0 + r1, i0 + i1)
    PUT(2, 1, r0 - r1, i0 - i1)
  }
}

ALWAYS void NAME(row4)(PASS_PARAMETERS, int64_t p, bool turns) {
  const T *root = roots + 6 * p;
  for (int64_t q = 0; q < s; q++) {
    GET(0) GET(1) GET(2) GET(3)
    const V ar = r0 + r2, ai = i0 + i2, br = r0 - r2, bi = i0 - i2;
    const V cr = r1 + r3, ci = i1 + i3, dr = r1 - r3, di = i1 - i3;
    PUT(4, 0, ar + cr, ai + ci)
    PUT(4, 1, br + di, bi - dr)
    PUT(4, 2, ar - cr, ai - ci)
    PUT(4, 3, br - di, bi + dr)
  }
}

ALWAYS void NAME(row8)(PASS_PARAMETERS, int64_t p, bool turns) {
  const T *root = roots + 14 * p, half = (T)0.70710678118654752440;
  for (int64_t q = 0; q < s; q++) {
    GET(0) GET(2) GET(4) GET(6)
    const V ar = r0 + r4, ai = i0 + i4, br = r0 - r4, bi = i0 - i4;
    const V cr = r2 + r6, ci = i2 + i6, dr = r2 - r6, di = i2 - i6;
    const V e0r = ar + cr, e0i = ai + ci, e1r = br + di, e1i = bi - dr;
    const V e2r = ar - cr, e2i = ai - ci, e3r = br - di, e3i = bi + dr;
    GET(1) GET(3) GET(5) GET(7)
    const V fr = r1 + r5, fi = i1 + i5, gr = r1 - r5, gi = i1 - i5;
    const V hr = r3 + r7, hi = i3 + i7, kr = r3 - r7, ki = i3 - i7;
    const V u1r = gr + ki, u1i = gi - kr, u3r = gr - ki, u3i = gi + kr;
    const V o0r = fr + hr, o0i = fi + hi, o2r = fi - hi, o2i = hr - fr;
    const V o1r = (u1r + u1i) * half, o1i = (u1i - u1r) * half;
    const V o3r = (u3i - u3r) * half, o3i = (u3r + u3i) * -half;
    PUT(8, 0, e0r + o0r, e0i + o0i)
    PUT(8, 1, e1r + o1r, e1i + o1i)
    PUT(8, 2, e2r + o2r, e2i + o2i)
    PUT(8, 3, e3r + o3r, e3i + o3i)
    PUT(8, 4, e0r - o0r, e0i - o0i)
    PUT(8, 5, e1r - o1r, e1i - o1i)
    PUT(8, 6, e2r - o2r, e2i - o2i)
    PUT(8, 7, e3r - o3r, e3i - o3i)
  }
}

// An odd radix: sums and differences of the numbers that lie opposite.
ALWAYS void NAME(row_odd)(const int r, const T *circle, PASS_PARAMETERS, int64_t p, bool turns) {
  enum { MAX = TANDEM_FOURIER_PRIME_MAX / 2 };
  const T *root = roots + 2 * (r - 1) * p;
  for (int64_t q = 0; q < s; q++) {
    GET(0)
    V sr[MAX], si[MAX], dr[MAX], di[MAX], totalR = r0, totalI = i0;
    UNROLL for (int j = 1; j <= r / 2; j++) {
      const int64_t a = q + s * (p + m * j), b = q + s * (p + m * (r - j));
      sr[j - 1] = xr[a] + xr[b];
      si[j - 1] = xi[a] + xi[b];
      dr[j - 1] = xr[a] - xr[b];
      di[j - 1] = xi[a] - xi[b];
      totalR = totalR + sr[j - 1];
      totalI = totalI + si[j - 1];
    }
    PUT(r, 0, totalR, totalI)
    UNROLL for (int k = 1; k <= r / 2; k++) {
      V er = r0, ei = i0, fr = {0}, fi = {0};
      UNROLL for (int j = 1; j <= r / 2; j++) {
        const T c = circle[j * k % r], sine = circle[r + j * k % r];
        er = er + sr[j - 1] * c;
        ei = ei + si[j - 1] * c;
        fr = j == 1 ? dr[0] * sine : fr + dr[j - 1] * sine;
        fi = j == 1 ? di[0] * sine : fi + di[j - 1] * sine;
      }
      PUT(r, k, er + fi, ei - fr)
      PUT(r, r - k, er - fi, ei + fr)
    }
  }
}

#define EVERY_ROW(call)                                                                         \
  {                                                                                             \
    int64_t p = 0;                                                                              \
    bool turns = false;                                                                         \
    call;                                                                                       \
    turns = true;                                                                               \
    for (p = 1; p < m; p++) call;                                                               \
  }
#define ROWS(r) NAME(row##r)(PASS_ARGUMENTS, p, turns)
#define ODD_ROWS(r) NAME(row_odd)(r, circle, PASS_ARGUMENTS, p, turns)

ALWAYS void NAME(pass)(const tandem_fourier_stage *stage, int64_t m, int64_t s, const V *xr,
                       const V *xi, V *yr, V *yi) {
  const T *roots = stage->roots, *circle = stage->circle;
  switch (stage->radix) {
    case 2: EVERY_ROW(ROWS(2)) break;
    case 4: EVERY_ROW(ROWS(4)) break;
    case 8: EVERY_ROW(ROWS(8)) break;
    case 3: EVERY_ROW(ODD_ROWS(3)) break;
    case 5: EVERY_ROW(ODD_ROWS(5)) break;
    case 7: EVERY_ROW(ODD_ROWS(7)) break;
    case 11: EVERY_ROW(ODD_ROWS(11)) break;
    default: EVERY_ROW(ODD_ROWS(13)) break;
  }
}

// Transforms the rows x, with y beside them; the results are in x or, if the number of passes is
// odd, in y.
TANDEM_AT_LEVELS(bool, NAME(passes), (const tandem_fourier *plan, V *xr, V *xi, V *yr, V *yi),
                 (plan, xr, xi, yr, yi)) {
  int64_t m = plan->length, s = 1;
  for (int32_t i = 0; i < plan->stageCount; i++) {
    const int32_t radix = plan->stages[i].radix;
    m /= radix;
    NAME(pass)(&plan->stages[i], m, s, xr, xi, yr, yi);
    s *= radix;
    V *re = xr, *im = xi;
    xr = yr, xi = yi, yr = re, yi = im;
  }
  return plan->stageCount & 1;
}
