// The LSTM cell in one type; included by lstm.c with T, NAME, SIGMOID and TANH.

TANDEM_AT_LEVELS(void, NAME(forward), (const tandem_lstm_cell *w, int64_t begin, int64_t end), (w,
                 begin, end)) {
  const int64_t n = w->batch, gate = w->hidden * n;
  for (int64_t row = begin; row < end; row++) {
    T *in = (T *)w->gates + row * n, *forget = in + gate, *new = forget + gate, *out = new + gate;
    const T *before = (const T *)w->before + row * n;
    T *after = (T *)w->after + row * n, *output = (T *)w->output + row * n;
    TANDEM_NEURAL_VECTOR for (int64_t b = 0; b < n; b++) {
      const T i = SIGMOID(in[b]), f = SIGMOID(forget[b]), g = TANH(new[b]), o = SIGMOID(out[b]);
      const T state = f * before[b] + i * g;
      in[b] = i;
      forget[b] = f;
      new[b] = g;
      out[b] = o;
      after[b] = state;
      output[b] = o * TANH(state);
    }
    T *result = (T *)w->result + row * w->featureStride;
    for (int64_t b = 0; b < n; b++) result[b * w->batchStride] = output[b];
  }
}

TANDEM_AT_LEVELS(void, NAME(backward), (const tandem_lstm_cell_back *w, int64_t begin, int64_t end),
                 (w, begin, end)) {
  const int64_t n = w->batch, gate = w->hidden * n;
  for (int64_t row = begin; row < end; row++) {
    const T *in = (const T *)w->gates + row * n, *forget = in + gate, *new = forget + gate;
    const T *out = new + gate;
    const T *before = (const T *)w->before + row * n, *after = (const T *)w->after + row * n;
    const T *dOutput = (const T *)w->dOutput + row * n;
    const T *dResult = (const T *)w->dResult + row * w->featureStride;
    T *dState = (T *)w->dState + row * n;
    T *dIn = (T *)w->dGates + row * n, *dForget = dIn + gate, *dNew = dForget + gate;
    T *dOut = dNew + gate;
    for (int64_t b = 0; b < n; b++) dOut[b] = dOutput[b] + dResult[b * w->batchStride];
    TANDEM_NEURAL_VECTOR for (int64_t b = 0; b < n; b++) {
      const T i = in[b], f = forget[b], g = new[b], o = out[b], tanh = TANH(after[b]);
      const T dh = dOut[b];
      const T dc = dState[b] + (dh * o) * (1 - tanh * tanh);
      dOut[b] = (dh * tanh) * (o * (1 - o));
      dIn[b] = (dc * g) * (i * (1 - i));
      dForget[b] = (dc * before[b]) * (f * (1 - f));
      dNew[b] = (dc * i) * (1 - g * g);
      dState[b] = dc * f;
    }
  }
}
