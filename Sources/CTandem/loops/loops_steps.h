// How reductions take in one more value: `a` is what was gathered so far, `x` the next value, both
// of the accumulator's type. REDUCER(reduction, class, its type, type of the accumulator, step).
// The one place that says so: loops_reductions.h makes functions of it, loops_source.c keeps its
// text.

REDUCER(sum, F32, float, float, a + x)
REDUCER(sum, F64, double, double, a + x)
REDUCER(sum, I32, int32_t, int64_t, (int64_t)((uint64_t)a + (uint64_t)x))
REDUCER(sum, I64, int64_t, int64_t, (int64_t)((uint64_t)a + (uint64_t)x))
REDUCER(product, F32, float, float, a * x)
REDUCER(product, F64, double, double, a * x)
REDUCER(product, I32, int32_t, int64_t, (int64_t)((uint64_t)a * (uint64_t)x))
REDUCER(product, I64, int64_t, int64_t, (int64_t)((uint64_t)a * (uint64_t)x))
REDUCER(max, F32, float, float, f32_maximum(a, x))
REDUCER(max, F64, double, double, f64_maximum(a, x))
REDUCER(max, I32, int32_t, int32_t, a > x ? a : x)
REDUCER(max, I64, int64_t, int64_t, a > x ? a : x)
REDUCER(max, U64, uint64_t, uint64_t, a > x ? a : x)
REDUCER(min, F32, float, float, f32_minimum(a, x))
REDUCER(min, F64, double, double, f64_minimum(a, x))
REDUCER(min, I32, int32_t, int32_t, a < x ? a : x)
REDUCER(min, I64, int64_t, int64_t, a < x ? a : x)
REDUCER(min, U64, uint64_t, uint64_t, a < x ? a : x)
REDUCER(any, I32, int32_t, int32_t, a | (x != 0))
REDUCER(all, I32, int32_t, int32_t, (a != 0) & (x != 0))
