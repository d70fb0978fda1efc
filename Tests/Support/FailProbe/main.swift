// Fails in the way that its argument names; `ProgramTests` runs the release build of it and reads
// the message. A comment `site: NAME` marks the line that the message of case NAME must show.
import Synchronization
import Tandem

/// Something with operators that fail, declared as arrays declare them.
struct Value {
  let type: TensorType

  @_transparent
  static func + (lhs: Value, rhs: Value) -> Value { add(lhs, rhs, at: .here()) }

  @_transparent
  static prefix func - (value: Value) -> Value { add(value, value, at: .here()) }

  @inline(never)
  static func add(_ lhs: Value, _ rhs: Value, at site: CallSite) -> Value {
    do {
      return Value(type: TensorType(try broadcast(lhs.type.shape, rhs.type.shape), .float32))
    } catch {
      fail("add: \(error.message)", at: site)
    }
  }

  @inline(never)
  func matmul(_ rhs: Value, file: StaticString = #fileID, line: UInt = #line) -> Value {
    do {
      try require(
        type.shape[-1] == rhs.type.shape[-2], "matmul: inner axes differ",
        [type, rhs.type])
    } catch {
      fail(error.message, at: CallSite(file, line))
    }
    return rhs
  }
}

func named(_ a: Value, _ b: Value) -> Value {
  let product = a.matmul(b)  // site: named
  return product
}

func namedTail(_ a: Value, _ b: Value) -> Value {
  a.matmul(b)  // site: namedTail
}

func operatorStatement(_ a: Value, _ b: Value) -> Value {
  let sum = a + b  // site: operator
  return -sum  // else this is the same as `operatorTail`, and functions that are merged lose lines
}

@inline(never)
func operatorTail(_ a: Value, _ b: Value) -> Value {
  a + b  // site: operatorTail
}

@inline(__always)
func operatorInlined(_ a: Value, _ b: Value) -> Value {
  let first = a + a
  return first + b  // site: operatorInlined
}

@inline(never)
func operatorInClosure(_ a: Value, _ b: Value) -> Value {
  [a, b].reduce(a) { $0 + $1 }  // site: operatorInClosure
}

@inline(never)
func operatorOnManyLines(_ a: Value, _ b: Value) -> Value {
  a
    + a
    + b  // site: operatorOnManyLines
}

@inline(never)
func failUnderHandler(_ a: Value, _ b: Value) {
  FailureHandler.install { failure in
    print("handled \(failure.message) at \(failure.site)")
    exitWithThree()
  }
  _ = a + b  // site: handler
}

@inline(never)
func arrayMatmul(_ a: NDArray) -> NDArray {
  a.matmul(a)  // site: arrayMatmul
}

@inline(never)
func arrayAdd(_ a: NDArray, _ b: NDArray) -> NDArray {
  a + b  // site: arrayAdd
}

@inline(never)
func arrayCompare(_ a: NDArray, _ b: NDArray) -> NDArray {
  a .> b  // site: arrayCompare
}

@inline(never)
func arrayUpdate(_ a: inout NDArray, _ b: NDArray) {
  a += b  // site: arrayUpdate
}

@inline(never)
func arrayNegation(_ a: NDArray) -> NDArray {
  -(a .> 2)  // site: arrayNegation
}

@inline(never)
func arraySubscript(_ a: NDArray) -> NDArray {
  a[0, 3]  // site: arraySubscript
}

@inline(never)
func arrayAssignment(_ a: inout NDArray, _ b: NDArray) {
  a[0] = b  // site: arrayAssignment
}

@inline(never)
func arrayItem(_ a: NDArray) -> Double {
  a.item()  // site: arrayItem
}

@inline(never)
func arrayDType(_ a: NDArray) -> NDArray {
  a.matmul(NDArray.ones([3, 2], dtype: .float64))  // site: arrayDType
}

@inline(never)
func shape(_ length: Int) -> NDArray {
  NDArray.zeros([2, length])  // site: shape
}

@inline(never)
func arrayQueued(_ a: NDArray) -> NDArray {
  Linalg.cholesky(a)  // site: arrayQueued
}

/// A layer written by a user: its own lines are shown.
struct OwnLayer: Layer {
  let dense = Dense(2, inputs: 4)

  func callAsFunction(_ x: NDArray) -> NDArray {
    let y = dense(x)  // site: layerOwn
    return y + 1
  }
}

@inline(never)
func callModel(_ model: Sequential, _ x: NDArray) -> NDArray {
  model(x)  // site: layerInModel
}

@inline(never)
func queueModel(_ x: NDArray) -> NDArray {
  Embedding(3, features: 2)(x)  // site: layerQueued
}

/// The cases about layers; whether there is one of this name.
func failWithLayers(_ name: String) -> Bool {
  let x = NDArray.zeros([5, 3])
  switch name {
  case "layerAlone":
    print(Dense(2, inputs: 4)(x))  // site: layerAlone
  case "layerInModel":
    print(
      callModel(
        Sequential {
          Dense(8)
          ReLU()
          Flatten()
          Dense(4, inputs: 7)
        }, x))
  case "layerBound":
    let model = Sequential {
      ReLU()
      Sequential {
        Tanh()
        Dense(4, inputs: 7)
      }
    }
    let trainer = Trainer(model, optimizer: SGD(learningRate: 0.1))
    print(model(x), trainer)  // site: layerBound
  case "layerWithoutParameters":
    let model = Sequential {
      Dense(4)
      Sequential {
        ReLU()
        MaxPool2D(2)
      }
    }
    print(model(x))  // site: layerWithoutParameters
  case "layerOwn":
    print(
      Sequential {
        Flatten()
        OwnLayer()
      }(x))
  case "layerQueued":
    let rows = queueModel(NDArray([0, 7], dtype: .int64))
    print(rows.scalars(as: Float.self))  // site: layerQueuedRead
  default: return false
  }
  return true
}

@inline(never)
func compileRead(_ a: NDArray) -> NDArray {
  let region = compile { (x: NDArray) in
    x * Float(x.sum().item())  // site: compileRead
  }
  return region(a)
}

@inline(never)
/// A region of a closure that is another one each time it is called.
func compileChanging() {
  let count = Mutex(0)
  let region = compile { (x: NDArray) in
    let factor = count.withLock { count in
      count += 1
      return Float(count)
    }
    return x.exp() * factor  // site: compileChanging
  }
  let x = NDArray([0, 0])
  print(region(x).scalars(as: Float.self), region(x).scalars(as: Float.self))
}

func compileAssign(_ a: NDArray) {
  let weight = Parameter(a)
  weight.bind(path: "blocks.0.weight")
  let region = compile { (x: NDArray) in
    weight.value = x.exp()  // site: compileAssign
  }
  region(a)
}

/// The cases about arrays; whether there is one of this name.
func failWithArrays(_ name: String) -> Bool {
  var a = NDArray([[1, 2, 3], [4, 5, 6]])
  let b = NDArray.zeros([4, 5])
  switch name {
  case "arrayMatmul": print(arrayMatmul(a))
  case "arrayAdd": print(arrayAdd(a, b))
  case "arrayCompare": print(arrayCompare(a, b))
  case "arrayUpdate": arrayUpdate(&a, b)
  case "arrayNegation": print(arrayNegation(a))
  case "arraySubscript": print(arraySubscript(a))
  case "arrayAssignment": arrayAssignment(&a, b)
  case "arrayItem": print(arrayItem(a))
  case "arrayDType": print(arrayDType(a))
  case "shape": print(shape(-3))
  case "compileRead": print(compileRead(a))
  case "compileChanging": compileChanging()
  case "compileAssign": compileAssign(a)
  case "arrayQueued":
    let factor = arrayQueued(NDArray([[1, 2], [2, 1]]))
    print(factor.scalars(as: Float.self))  // site: arrayQueuedRead
  default: return false
  }
  return true
}

let (a, b) = (Value(type: .float32([2, 3])), Value(type: .float32([4, 5])))
let name = CommandLine.arguments.dropFirst().first ?? ""
switch name {
case "named": print(named(a, b))
case "namedTail": print(namedTail(a, b))
case "operator": print(operatorStatement(a, b))
case "operatorTail": print(operatorTail(a, b))
case "operatorInlined": print(operatorInlined(a, b))
case "operatorInClosure": print(operatorInClosure(a, b))
case "operatorOnManyLines": print(operatorOnManyLines(a, b))
case "topLevel":
  print(a + b)  // site: topLevel
case "unknown": fail("engine: broken invariant: 3 readers of a free variable", at: .unknown)
case "handler": failUnderHandler(a, b)
default:
  if !failWithArrays(name) && !failWithLayers(name) { print("no case \(name)") }
}
