// Attention in one type; included by attention.c with T, NAME, EXP and LOG.
//
// Products are computed key-major: s[key, query], so that everything about a query runs along a
// register of queries and no sum runs across one. A is read in place with any strides by the block
// kernel, B has its rows one after another.

enum { NAME(Q) = TANDEM_ATTENTION_QUERIES, NAME(K) = TANDEM_ATTENTION_KEYS };

// c (+)= a b by the matrix kernels.
static void NAME(product)(const tandem_gemm_kernels *kernels, int64_t m, int64_t n, int64_t k,
                          const T *a, int64_t aRowStride, int64_t aStride, const T *b,
                          int64_t bStride, T *c, int64_t cRowStride, int accumulates, T *edge) {
  tandem_gemm_block work = {.a = a, .aRowStride = aRowStride, .aStride = aStride, .b = b,
                            .bStride = bStride, .edge = edge, .c = c, .cRowStride = cRowStride,
                            .m = m, .n = n, .k = k, .accumulates = accumulates};
  kernels->block(&work);
}

// to[feature, query] = from[query, feature] * factor, with zeros beyond `count` queries.
TANDEM_AT_LEVELS(void, NAME(turn), (const T *from, int64_t stride, int64_t count, int64_t features,
                 T factor, T *to), (from, stride, count, features, factor, to)) {
  for (int64_t f = 0; f < features; f++)
    for (int64_t q = 0; q < NAME(Q); q++)
      to[f * NAME(Q) + q] = q < count ? from[q * stride + f] * factor : 0;
}

// Products of keys that come after their query do not count.
TANDEM_AT_LEVELS(void, NAME(mask), (T *s, int64_t keys, int64_t firstKey, int64_t firstQuery, T
                 with), (s, keys, firstKey, firstQuery, with)) {
  for (int64_t j = 0; j < keys; j++) {
    int64_t seen = firstKey + j - firstQuery;  // the first query that sees this key
    if (seen > NAME(Q)) seen = NAME(Q);
    for (int64_t q = 0; q < seen; q++) s[j * NAME(Q) + q] = with;
  }
}

// One block of keys of the running softmax: s becomes exponentials below the new maximum; `keep`
// is what the sums so far are worth by it.
TANDEM_AT_LEVELS(void, NAME(soften), (T *s, int64_t keys, T *largest, T *sum, T *keep), (s, keys,
                 largest, sum, keep)) {
  T top[NAME(Q)], total[NAME(Q)] = {0};
  for (int64_t q = 0; q < NAME(Q); q++) top[q] = largest[q];
  for (int64_t j = 0; j < keys; j++) {
    const T *row = s + j * NAME(Q);
    TANDEM_NEURAL_VECTOR for (int64_t q = 0; q < NAME(Q); q++)
      top[q] = row[q] > top[q] ? row[q] : top[q];
  }
  for (int64_t j = 0; j < keys; j++) {
    T *row = s + j * NAME(Q);
    TANDEM_NEURAL_VECTOR for (int64_t q = 0; q < NAME(Q); q++) {
      row[q] = EXP(row[q] - top[q]);
      total[q] = total[q] + row[q];
    }
  }
  TANDEM_NEURAL_VECTOR for (int64_t q = 0; q < NAME(Q); q++) {
    keep[q] = EXP(largest[q] - top[q]);
    sum[q] = sum[q] * keep[q] + total[q];
    largest[q] = top[q];
  }
}

TANDEM_AT_LEVELS(void, NAME(rescale), (T *out, int64_t stride, int64_t queries, int64_t features,
                 const T *by), (out, stride, queries, features, by)) {
  for (int64_t q = 0; q < queries; q++) {
    TANDEM_NEURAL_VECTOR for (int64_t f = 0; f < features; f++)
      out[q * stride + f] = out[q * stride + f] * by[q];
  }
}

static void NAME(forward)(const tandem_attention *w, int64_t first, T *scratch) {
  const tandem_gemm_kernels *kernels = tandem_gemm_kernels_for(tandem_gemm_level(), w->type);
  const int64_t d = w->features, left = w->queries - first;
  const int64_t queries = left < NAME(Q) ? left : NAME(Q);
  T *turned = scratch, *s = turned + d * NAME(Q), *edge = s + NAME(K) * NAME(Q);
  T *out = (T *)w->out + first * w->outStride;
  T largest[NAME(Q)], sum[NAME(Q)], keep[NAME(Q)];
  NAME(turn)((const T *)w->q + first * w->qStride, w->qStride, queries, d, (T)w->scale, turned);
  for (int64_t q = 0; q < NAME(Q); q++) {
    largest[q] = -LOWEST;
    sum[q] = 0;
  }
  // Of a shorter list of queries than keys, the last query sees the last key.
  const int64_t place = first + w->keys - w->queries;
  int64_t end = w->causal ? place + queries : w->keys;
  if (end > w->keys) end = w->keys;
  for (int64_t key = 0; key < end; key += NAME(K)) {
    const int64_t keys = end - key < NAME(K) ? end - key : NAME(K);
    NAME(product)(kernels, keys, NAME(Q), d, (const T *)w->k + key * w->kStride, w->kStride, 1,
                  turned, NAME(Q), s, NAME(Q), 0, edge);
    if (w->causal && key + keys > place) NAME(mask)(s, keys, key, place, -LOWEST);
    NAME(soften)(s, keys, largest, sum, keep);
    if (key > 0) NAME(rescale)(out, w->outStride, queries, d, keep);
    NAME(product)(kernels, queries, d, keys, s, 1, NAME(Q), (const T *)w->v + key * w->vStride,
                  w->vStride, out, w->outStride, key > 0, edge);
  }
  for (int64_t q = 0; q < queries; q++) {
    ((T *)w->logSum)[first + q] = largest[q] + LOG(sum[q]);
    keep[q] = 1 / sum[q];
  }
  NAME(rescale)(out, w->outStride, queries, d, keep);
}

// p[key, query] = exp(s - logSum).
TANDEM_AT_LEVELS(void, NAME(probabilities), (T *s, int64_t keys, const T *logSum), (s, keys,
                 logSum)) {
  for (int64_t j = 0; j < keys; j++) {
    T *row = s + j * NAME(Q);
    TANDEM_NEURAL_VECTOR for (int64_t q = 0; q < NAME(Q); q++) row[q] = EXP(row[q] - logSum[q]);
  }
}

// dp becomes p * (dp - delta) * scale.
TANDEM_AT_LEVELS(void, NAME(slopes), (T *dp, const T *p, int64_t keys, const T *delta, T scale),
                 (dp, p, keys, delta, scale)) {
  for (int64_t j = 0; j < keys; j++) {
    T *row = dp + j * NAME(Q);
    const T *weight = p + j * NAME(Q);
    TANDEM_NEURAL_VECTOR for (int64_t q = 0; q < NAME(Q); q++)
      row[q] = weight[q] * (row[q] - delta[q]) * scale;
  }
}

// delta[query] = sum over features of dOut * out; and the log-sums, both with zeros at the end.
TANDEM_AT_LEVELS(void, NAME(deltas), (const tandem_attention *w, int64_t first, int64_t queries, T
                 *delta, T *logSum), (w, first, queries, delta, logSum)) {
  for (int64_t q = 0; q < NAME(Q); q++) {
    double sum = 0;
    if (q < queries) {
      const T *dOut = (const T *)w->dOut + (first + q) * w->dOutStride;
      const T *out = (const T *)w->out + (first + q) * w->outStride;
      LANE_SUM(sum, w->features, dOut[i] * out[i]);
    }
    delta[q] = (T)sum;
    logSum[q] = q < queries ? ((const T *)w->logSum)[first + q] : LOWEST;
  }
}

static void NAME(backward)(const tandem_attention *w, T *scratch) {
  const tandem_gemm_kernels *kernels = tandem_gemm_kernels_for(tandem_gemm_level(), w->type);
  const int64_t d = w->features;
  T *q = scratch, *dOut = q + d * NAME(Q), *s = dOut + d * NAME(Q), *dp = s + NAME(K) * NAME(Q);
  T *edge = dp + NAME(K) * NAME(Q), delta[NAME(Q)], logSum[NAME(Q)];
  for (int64_t key = 0; key < w->keys; key++) {
    memset((T *)w->dk + key * w->dkStride, 0, (size_t)d * sizeof(T));
    memset((T *)w->dv + key * w->dvStride, 0, (size_t)d * sizeof(T));
  }
  for (int64_t first = 0; first < w->queries; first += NAME(Q)) {
    const int64_t left = w->queries - first, queries = left < NAME(Q) ? left : NAME(Q);
    const T *qRows = (const T *)w->q + first * w->qStride;
    const T *dRows = (const T *)w->dOut + first * w->dOutStride;
    NAME(turn)(qRows, w->qStride, queries, d, (T)w->scale, q);
    NAME(turn)(dRows, w->dOutStride, queries, d, 1, dOut);
    NAME(deltas)(w, first, queries, delta, logSum);
    const int64_t place = first + w->keys - w->queries;
    int64_t end = w->causal ? place + queries : w->keys;
    if (end > w->keys) end = w->keys;
    for (int64_t key = 0; key < end; key += NAME(K)) {
      const int64_t keys = end - key < NAME(K) ? end - key : NAME(K);
      const T *k = (const T *)w->k + key * w->kStride, *v = (const T *)w->v + key * w->vStride;
      NAME(product)(kernels, keys, NAME(Q), d, k, w->kStride, 1, q, NAME(Q), s, NAME(Q), 0, edge);
      NAME(probabilities)(s, keys, logSum);
      if (w->causal && key + keys > place) NAME(mask)(s, keys, key, place, 0);
      NAME(product)(kernels, keys, d, queries, s, NAME(Q), 1, dRows, w->dOutStride,
                    (T *)w->dv + key * w->dvStride, w->dvStride, 1, edge);
      NAME(product)(kernels, keys, NAME(Q), d, v, w->vStride, 1, dOut, NAME(Q), dp, NAME(Q), 0,
                    edge);
      NAME(slopes)(dp, s, keys, delta, (T)w->scale);
      NAME(product)(kernels, keys, d, queries, dp, NAME(Q), 1, qRows, w->qStride,
                    (T *)w->dk + key * w->dkStride, w->dkStride, 1, edge);
      NAME(product)(kernels, queries, d, keys, dp, 1, NAME(Q), k, w->kStride,
                    (T *)w->dq + first * w->dqStride, w->dqStride, key > 0, edge);
    }
  }
}
#undef LANE_SUM
