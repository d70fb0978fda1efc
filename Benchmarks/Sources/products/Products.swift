import TandemKernels
import TandemShapes

/// One matrix product: `t` after an operand's name says that it is stored transposed.
struct Product {
  var batch = 1
  let m: Int
  let k: Int
  let n: Int
  var a = "a"
  var b = "b"
  var dtype = DType.float32
}

/// Large and small, those of the training workloads and their gradients, and flat ones.
let products = [
  Product(m: 2048, k: 2048, n: 2048), Product(m: 1024, k: 1024, n: 1024),
  Product(m: 512, k: 512, n: 512), Product(m: 256, k: 256, n: 256),
  Product(m: 2048, k: 2048, n: 2048, dtype: .float64),
  Product(m: 2048, k: 2048, n: 2048, dtype: .bfloat16),
  Product(m: 512, k: 512, n: 512, dtype: .bfloat16),
  Product(m: 2048, k: 2048, n: 2048, dtype: .float16),
  Product(batch: 1024, m: 64, k: 64, n: 64), Product(batch: 8, m: 64, k: 64, n: 64),
  // The dense network.
  Product(m: 128, k: 784, n: 512, b: "bt"), Product(m: 128, k: 512, n: 512, b: "bt"),
  Product(m: 128, k: 512, n: 10, b: "bt"), Product(m: 512, k: 128, n: 784, a: "at"),
  Product(m: 128, k: 512, n: 784), Product(m: 10, k: 128, n: 512, a: "at"),
  // LeNet.
  Product(m: 128, k: 800, n: 500, b: "bt"), Product(m: 500, k: 128, n: 800, a: "at"),
  // GPT.
  Product(m: 4096, k: 384, n: 1152, b: "bt"), Product(m: 4096, k: 384, n: 384, b: "bt"),
  Product(m: 4096, k: 384, n: 1536, b: "bt"), Product(m: 4096, k: 1536, n: 384, b: "bt"),
  Product(m: 4096, k: 1536, n: 384), Product(m: 1536, k: 4096, n: 384, a: "at"),
  Product(m: 384, k: 4096, n: 1152, a: "at"), Product(m: 4096, k: 384, n: 65, b: "bt"),
  Product(batch: 96, m: 256, k: 64, n: 256, b: "bt"), Product(batch: 96, m: 256, k: 256, n: 64),
  Product(m: 4096, k: 384, n: 1536, b: "bt", dtype: .bfloat16),
  Product(m: 1536, k: 4096, n: 384, a: "at", dtype: .bfloat16),
  Product(batch: 96, m: 256, k: 64, n: 256, b: "bt", dtype: .bfloat16),
  // LSTM.
  Product(m: 20, k: 650, n: 2600, b: "bt"), Product(m: 700, k: 650, n: 10000, b: "bt"),
  Product(m: 700, k: 10000, n: 650), Product(m: 10000, k: 700, n: 650, a: "at"),
  Product(m: 20, k: 2600, n: 650), Product(m: 2600, k: 700, n: 650, a: "at"),
  // Inference, a few rows.
  Product(m: 1, k: 384, n: 1536, b: "bt"), Product(m: 1, k: 4096, n: 4096, b: "bt"),
  Product(m: 1, k: 4096, n: 4096), Product(m: 4, k: 4096, n: 4096, b: "bt"),
  Product(m: 8, k: 4096, n: 4096, b: "bt"), Product(m: 8, k: 2048, n: 1000, b: "bt"),
  Product(m: 16, k: 4096, n: 4096, b: "bt"), Product(m: 16, k: 4096, n: 4096),
  Product(m: 1, k: 4096, n: 4096, b: "bt", dtype: .bfloat16),
]

func timeProducts() {
  for product in products {
    let batch = product.batch == 1 ? [] : [product.batch]
    let rank = batch.count + 2
    let plain = Array(0..<rank)
    let exchanged = Array(0..<rank - 2) + [rank - 1, rank - 2]
    func a() -> Operand {
      array(
        Shape(batch + [product.m, product.k]), product.dtype,
        order: product.a == "at" ? exchanged : plain)
    }
    func b() -> Operand {
      array(
        Shape(batch + [product.k, product.n]), product.dtype,
        order: product.b == "bt" ? exchanged : plain)
    }
    func c() -> Operand { array(Shape(batch + [product.m, product.n]), product.dtype) }
    time(
      "gemm \(product.dtype) \(product.batch)x\(product.m)x\(product.k)x\(product.n) "
        + "\(product.a) \(product.b)", MatrixProduct(), [c(), a(), b()])
  }
}
