/// What the tests check of each operator, in the columns of `tandem ops`. The tests write
/// this file: `TANDEM_WRITE_TABLES=1 swift test --filter OperatorTableTests`.
let checkedOperators = """
  abs|1|numpy.absolute|numbers, complex|yes|NumPy|yes
  acos|1|numpy.arccos|all|yes|NumPy|yes
  acosh|1|numpy.arccosh|all|yes|NumPy|yes
  adaGradUpdate|1||floats|none|PyTorch|yes
  adamUpdate|1||floats|none|NumPy|yes
  add|1|numpy.add|numbers, complex|yes|NumPy|yes
  all|1|numpy.all|all|none|NumPy|yes
  any|1|numpy.any|all|none|NumPy|yes
  argMax|1|numpy.argmax|all|none|NumPy|yes
  argMin|1|numpy.argmin|all|none|NumPy|yes
  argSort|1|numpy.argsort|all|none|NumPy|yes
  asin|1|numpy.arcsin|all|yes|NumPy|yes
  asinh|1|numpy.arcsinh|all|yes|NumPy|yes
  assign|1||all, complex|yes|NumPy|yes
  atan|1|numpy.arctan|all|yes|NumPy|yes
  atan2|1|numpy.arctan2|all|yes|NumPy|yes
  atanh|1|numpy.arctanh|all|yes|NumPy|yes
  averagePool|1||floats|yes|NumPy|yes
  averagePoolGradient|1||floats|yes|NumPy|yes
  batchNormalization|1||floats|yes|PyTorch|yes
  batchNormalizationGradient|1||float32, float64|yes|PyTorch|yes
  batchNormalizationInference|1||floats|yes|PyTorch|yes
  bitCast|1|numpy.ndarray.view|all, complex|none|NumPy|yes
  bitwiseAnd|1|numpy.bitwise_and|integers, bool|none|NumPy|yes
  bitwiseNot|1|numpy.invert|integers|none|NumPy|yes
  bitwiseOr|1|numpy.bitwise_or|integers, bool|none|NumPy|yes
  bitwiseXor|1|numpy.bitwise_xor|integers, bool|none|NumPy|yes
  broadcast|1|numpy.broadcast_to|all, complex|yes|NumPy|yes
  cast|1|numpy.astype|all|yes|NumPy|yes
  cbrt|1|numpy.cbrt|all|yes|NumPy|yes
  ceil|1|numpy.ceil|numbers|none|NumPy|yes
  cholesky|1|numpy.linalg.cholesky|float32, float64|yes|NumPy|yes
  clip|1|numpy.clip|numbers|yes|NumPy|yes
  complex|1||all|yes|NamespaceTests|yes
  complexPart|1|numpy.real|complex|yes|NamespaceTests|yes
  concatenated|1|numpy.concatenate|all, complex|yes|NumPy|yes
  conjugate|1|numpy.conjugate|complex|yes|NamespaceTests|yes
  contiguous|1|numpy.ascontiguousarray|all, complex|yes|NumPy|yes
  convolution|1||floats|yes|NumPy|yes
  convolutionInputGradient|1||floats|yes|NumPy|yes
  convolutionWeightGradient|1||floats|yes|NumPy|yes
  copySign|1|numpy.copysign|all|yes|NumPy|yes
  cos|1|numpy.cos|all|yes|NumPy|yes
  cosh|1|numpy.cosh|all|yes|NumPy|yes
  cumulativeMax|1|numpy.maximum.accumulate|all|yes|NumPy|yes
  cumulativeMin|1|numpy.minimum.accumulate|all|yes|NumPy|yes
  cumulativeProduct|1|numpy.cumprod|all|yes|NumPy|yes
  cumulativeSum|1|numpy.cumsum|all|yes|NumPy|yes
  degrees|1|numpy.degrees|all|yes|NumPy|yes
  determinant|1|numpy.linalg.det|float32, float64|yes|NumPy|yes
  diagonal|1|numpy.diagonal|all, complex|yes|NumPy|yes
  diagonalMatrix|1|numpy.diag|all, complex|yes|NumPy|yes
  digamma|1|scipy.special.digamma|all|yes|NumPy|yes
  divide|1|numpy.divide|all, complex|yes|NumPy|yes
  dropout|1||floats|yes|ModeTests|yes
  eigen|1|numpy.linalg.eig|float32, float64, complex|yes|NamespaceTests|yes
  eigenvalues|1|numpy.linalg.eigvals|float32, float64, complex|yes|NamespaceTests|yes
  equal|1|numpy.equal|all, complex|none|NumPy|yes
  erf|1|scipy.special.erf|all|yes|NumPy|yes
  erfinv|1|scipy.special.erfinv|all|yes|NumPy|yes
  exp|1|numpy.exp|all, complex|yes|NumPy|yes
  expandingDims|1|numpy.expand_dims|all, complex|yes|NumPy|yes
  expm1|1|numpy.expm1|all|yes|NumPy|yes
  flipped|1|numpy.flip|all, complex|yes|NumPy|yes
  floor|1|numpy.floor|numbers|none|NumPy|yes
  floorDivide|1|numpy.floor_divide|numbers|none|NumPy|yes
  fmax|1|numpy.fmax|all|yes|NumPy|yes
  fmin|1|numpy.fmin|all|yes|NumPy|yes
  fmod|1|numpy.fmod|numbers|yes|NumPy|yes
  fourierTransform|1||complex|yes|NamespaceTests|yes
  full|1|numpy.full|all, complex|yes|NumPy|yes
  gamma|1|scipy.special.gamma|all|yes|NumPy|yes
  gammaSampleGradient|1||floats|none|GammaGradientTests|yes
  gather|1||all, complex|yes|NumPy|yes
  gcd|1|numpy.gcd|integers|none|NumPy|yes
  gelu|1||all|yes|NumPy|yes
  geluGradient|1||all|yes|PyTorch|yes
  greater|1|numpy.greater|all|none|NumPy|yes
  greaterEqual|1|numpy.greater_equal|all|none|NumPy|yes
  hardSigmoid|1||all|yes|NumPy|yes
  hypot|1|numpy.hypot|all|yes|NumPy|yes
  index|1||all, complex|yes|NumPy|yes
  inverse|1|numpy.linalg.inv|float32, float64|yes|NumPy|yes
  inverseRealFourierTransform|1||complex|yes|NamespaceTests|yes
  isFinite|1|numpy.isfinite|all, complex|none|NumPy|yes
  isInfinite|1|numpy.isinf|all, complex|none|NumPy|yes
  isNaN|1|numpy.isnan|all, complex|none|NumPy|yes
  isNegativeInfinity|1|numpy.isneginf|all|none|NumPy|yes
  isPositiveInfinity|1|numpy.isposinf|all|none|NumPy|yes
  layerNormalization|1||floats|yes|PyTorch|yes
  layerNormalizationGradient|1||float32, float64|yes|PyTorch|yes
  lcm|1|numpy.lcm|integers|none|NumPy|yes
  ldexp|1|numpy.ldexp|all|yes|NumPy|yes
  leftShift|1|numpy.left_shift|integers|none|NumPy|yes
  less|1|numpy.less|all|none|NumPy|yes
  lessEqual|1|numpy.less_equal|all|none|NumPy|yes
  linear|1||floats|yes|NumPy|yes
  log|1|numpy.log|all|yes|NumPy|yes
  log10|1|numpy.log10|all|yes|NumPy|yes
  log1p|1|numpy.log1p|all|yes|NumPy|yes
  log2|1|numpy.log2|all|yes|NumPy|yes
  logAddExp|1|numpy.logaddexp|all|yes|NumPy|yes
  logDeterminant|1|numpy.linalg.slogdet|float32, float64|yes|NumPy|yes
  logGamma|1|scipy.special.gammaln|all|yes|NumPy|yes
  logSigmoid|1|scipy.special.log_expit|all|yes|NumPy|yes
  logSoftmax|1||floats|yes|NumPy|yes
  logSoftmaxGradient|1||floats|yes|NumPy|yes
  logSumExp|1|scipy.special.logsumexp|all|yes|NumPy|yes
  logicalAnd|1|numpy.logical_and|all|none|NumPy|yes
  logicalNot|1|numpy.logical_not|all|none|NumPy|yes
  logicalOr|1|numpy.logical_or|all|none|NumPy|yes
  logicalXor|1|numpy.logical_xor|all|none|NumPy|yes
  lstmSequence|1||floats|yes|PyTorch|yes
  lstmSequenceGradient|1||float32, float64|yes|PyTorch|yes
  lu|1|scipy.linalg.lu_factor|float32, float64|yes|NumPy|yes
  matmul|1|numpy.matmul|numbers, complex|yes|NumPy|yes
  max|1|numpy.max|all|yes|NumPy|yes
  maxPool|1||floats|yes|NumPy|yes
  maxPoolGradient|1||floats|yes|NumPy|yes
  maxPoolSelection|1||floats|yes|NumPy|yes
  maximum|1|numpy.maximum|all|yes|NumPy|yes
  mean|1|numpy.mean|all, complex|yes|NumPy|yes
  min|1|numpy.min|all|yes|NumPy|yes
  minimum|1|numpy.minimum|all|yes|NumPy|yes
  mish|1||all|yes|NumPy|yes
  multiply|1|numpy.multiply|numbers, complex|yes|NumPy|yes
  nanToNumber|1|numpy.nan_to_num|all|yes|NumPy|yes
  negate|1|numpy.negative|numbers, complex|yes|NumPy|yes
  norm|1|numpy.linalg.vector_norm|all|yes|NumPy|yes
  notEqual|1|numpy.not_equal|all, complex|none|NumPy|yes
  oneHot|1||int32, int64|none|NumPy|yes
  padded|1|numpy.pad|all|yes|NumPy|yes
  polygamma|1|scipy.special.polygamma|all|yes|NumPy|yes
  power|1|numpy.power|numbers|yes|NumPy|yes
  product|1|numpy.prod|all|yes|NumPy|yes
  pseudoInverse|1|numpy.linalg.pinv|float32, float64|yes|NumPy|yes
  qr|1|numpy.linalg.qr|float32, float64|yes|PyTorch|yes
  radians|1|numpy.radians|all|yes|NumPy|yes
  random|1||as asked|none|RandomTests|yes
  randomMultinomial|1|numpy.random.multinomial|as asked|none|SamplerTests, CategoryTests|yes
  randomUniqueZipfian|1||as asked|none|SamplerTests, CategoryTests|yes
  randomVariate|1||as asked|yes|SamplerTests, CategoryTests|yes
  rcbrt|1||all|yes|NumPy|yes
  realFourierTransform|1||float32, float64|yes|NamespaceTests|yes
  reciprocal|1|numpy.reciprocal|all, complex|yes|NumPy|yes
  relu|1||numbers|yes|NumPy|yes
  reluGradient|1||numbers|yes|NumPy|yes
  remainder|1|numpy.remainder|numbers|yes|NumPy|yes
  reshaped|1|numpy.reshape|all, complex|yes|NumPy|yes
  rightShift|1|numpy.right_shift|integers|none|NumPy|yes
  rmsNormalization|1||floats|yes|PyTorch|yes
  rmsNormalizationGradient|1||float32, float64|yes|PyTorch|yes
  rmsPropUpdate|1||floats|none|PyTorch|yes
  rounded|1|numpy.rint|numbers|none|NumPy|yes
  roundedDecimals|1|numpy.round|numbers|none|NumPy|yes
  rsqrt|1||all|yes|NumPy|yes
  runningAverageUpdate|1||floats|none|PyTorch|yes
  sampledMatmul|1||int32, int64|yes|SparseMatrixTests|yes
  scaledDotProductAttention|1||floats|yes|PyTorch|yes
  scaledDotProductAttentionGradient|1||float32, float64|yes|PyTorch|yes
  scatter|1||all, complex|yes|NumPy|yes
  searchSorted|1|numpy.searchsorted|all|none|NumPy|yes
  sgdMomentumUpdate|1||floats|none|NumPy|yes
  sgdUpdate|1||floats|none|NumPy|yes
  sigmoid|1|scipy.special.expit|all|yes|NumPy|yes
  sign|1|numpy.sign|numbers|none|NumPy|yes
  silu|1||all|yes|NumPy|yes
  sin|1|numpy.sin|all|yes|NumPy|yes
  singularValues|1|numpy.linalg.svdvals|float32, float64|yes|NumPy|yes
  sinh|1|numpy.sinh|all|yes|NumPy|yes
  sliced|1||all, complex|yes|NumPy|yes
  smoothL1|1||all|yes|NumPy|yes
  softmax|1||floats|yes|NumPy|yes
  softmaxCrossEntropy|1||floats|yes|NumPy|yes
  softmaxCrossEntropyGradient|1||floats|yes|NumPy|yes
  softmaxGradient|1||floats|yes|NumPy|yes
  softplus|1||all|yes|NumPy|yes
  softsign|1||all|yes|NumPy|yes
  solve|1|numpy.linalg.solve|float32, float64|yes|NumPy|yes
  solvingTriangular|1|scipy.linalg.solve_triangular|float32, float64|yes|NumPy|yes
  sorted|1|numpy.sort|all|yes|NumPy|yes
  sparseMatmul|1|scipy.sparse.csr_array|float32, float64|yes|SparseMatrixTests|yes
  sqrt|1|numpy.sqrt|all|yes|NumPy|yes
  squared|1|numpy.square|numbers, complex|yes|NumPy|yes
  squeezed|1|numpy.squeeze|all, complex|yes|NumPy|yes
  subtract|1|numpy.subtract|numbers, complex|yes|NumPy|yes
  sum|1|numpy.sum|all, complex|yes|NumPy|yes
  svd|1|numpy.linalg.svd|float32, float64|yes|PyTorch|yes
  symmetricEigen|1|numpy.linalg.eigh|float32, float64|yes|PyTorch|yes
  symmetricEigenvalues|1|numpy.linalg.eigvalsh|float32, float64|yes|NumPy|yes
  take|1|numpy.take|all, complex|yes|NumPy|yes
  takeAlongAxis|1|numpy.take_along_axis|all, complex|yes|NumPy|yes
  tan|1|numpy.tan|all|yes|NumPy|yes
  tanh|1|numpy.tanh|all|yes|NumPy|yes
  topK|1||all|yes|NumPy|yes
  transposed|1|numpy.transpose|all, complex|yes|NumPy|yes
  triangularLower|1|numpy.tril|all, complex|yes|NumPy|yes
  triangularUpper|1|numpy.triu|all, complex|yes|NumPy|yes
  truncated|1|numpy.trunc|numbers|none|NumPy|yes
  where|1|numpy.where|bool|yes|NumPy|yes
  """
