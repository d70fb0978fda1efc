import TandemArray
import Testing

@testable import TandemNN

/// Layers that compute the weight of another one, and layers of two inputs.
@Suite struct WrapperTests {
  private let x = NDArray.random.normal([3, 4], seed: 1)

  @Test("a layer starts as it was with weight normalisation, of any axis")
  func weightNorm() {
    let dense = Dense(5)
    let plain = dense(x)
    let layer = WeightNorm(dense)
    #expect((layer(x) - plain).abs().max().item() < 1e-5)
    #expect(layer.parameters.map(\.path) == ["layer.weight", "layer.bias", "magnitude"])
    let transposed = ConvTransposed1D(channels: 2, kernel: 3)
    let picture = NDArray.random.normal([2, 3, 4], seed: 2)
    let before = transposed(picture)
    let wrapped = WeightNorm(transposed, axis: 1)
    #expect((wrapped(picture) - before).abs().max().item() < 1e-5)
    #expect(wrapped.magnitude.value.shape == [2])
  }

  @Test("the largest singular value is one, after enough steps; inference changes nothing")
  func spectralNorm() {
    let layer = SpectralNorm(Dense(5, hasBias: false), iterations: 50)
    _ = withTraining(true) { layer(x) }
    let values = Linalg.singularValues(layer.weight)
    #expect(abs(values.max().item() - 1) < 1e-4)
    let left = layer.left.value.scalars(as: Float.self)
    _ = layer(x)
    #expect(layer.left.value.scalars(as: Float.self) == left)
  }

  @Test("a low-rank change starts at nothing, alone is trained, and can be merged")
  func lora() throws {
    let dense = Dense(5)
    let before = dense(x)
    let layer = LoRA(dense, rank: 2, alpha: 4)
    #expect(layer(x).scalars(as: Float.self) == before.scalars(as: Float.self))
    record { layer(x).squared().sum() }.backward()
    #expect(dense.weight.gradient == nil && layer.up.gradient != nil)
    layer.up.value = NDArray.random.normal([5, 2], seed: 3)
    let changed = layer(x)
    let merged = layer.merged()
    #expect(merged.weight.isTrainable)
    #expect((merged(x) - changed).abs().max().item() < 1e-5)
    #expect((layer(x) - changed).abs().max().item() < 1e-5)
  }

  @Test("wrappers whose first call is a compiled one give the bits of eager ones")
  func firstCalls() {
    let makers: [() -> any Layer] = [
      { WeightNorm(Dense(5)) }, { SpectralNorm(Dense(5)) }, { LoRA(Dense(5), rank: 2) },
    ]
    for make in makers {
      let (eager, compiled) = (make(), make())
      for layer in [eager, compiled] { bindParameters(of: layer, seed: 4) }
      let region = compile(mutating: compiled) { (x: NDArray) in withTraining(true) { compiled(x) }
      }
      for _ in 0..<3 {
        let (a, b) = (withTraining(true) { eager(x) }, region(x))
        #expect(a.scalars(as: Float.self) == b.scalars(as: Float.self), "\(eager)")
      }
    }
  }

  @Test("all dense layers of a model get a low-rank change")
  func wrapsModels() {
    let model = Sequential {
      Dense(6)
      ReLU()
      Sequential { Dense(2) }
    }
    let before = model(x)
    let adapted = model.addingLoRA(rank: 1)
    #expect((adapted(x) - before).abs().max().item() == 0)
    let free = adapted.parameters.filter(\.parameter.isTrainable).map(\.path)
    #expect(free == ["0.down", "0.up", "2.0.down", "2.0.up"])
    let merged = adapted.mergingLoRA()
    #expect(merged.parameters.map(\.path) == model.parameters.map(\.path))
    #expect(merged.parameters.filter(\.parameter.isTrainable).count == 4)
  }

  @Test("a bilinear layer gives einsum's numbers")
  func bilinear() throws {
    let layer = Bilinear(5)
    let y = NDArray.random.normal([3, 2], seed: 4)
    let z = layer(x, y)
    let expected = NDArray.einsum("ni,oij,nj->no", x, layer.weight.value, y)
    #expect((z - expected).abs().max().item() < 1e-5)
    #expect(parameters(of: layer).map(\.path) == ["weight", "bias"])
    record { layer(x, y).sum() }.backward()
    let slope = try #require(layer.weight.gradient)
    let wanted = NDArray.einsum("ni,nj->ij", x, y).broadcast(to: [5, 4, 2])
    #expect((slope - wanted).abs().max().item() < 1e-5)
    #expect(layer(x.reshaped([3, 1, 4]), y.reshaped([3, 1, 2])).shape == [3, 1, 5])
  }

  @Test("a value in a parameter's place is seen inside alone, and passes gradients on")
  func replacing() throws {
    let (weight, source) = (Parameter(NDArray([1, 2])), Parameter(NDArray([3, 4])))
    let y = record { weight.withValue(source.value * 2) { weight.value.squared().sum() } }
    #expect(y.item() == 100)
    #expect(weight.value.scalars(as: Int.self) == [1, 2])
    y.backward()
    #expect(weight.gradient == nil)
    #expect(try #require(source.gradient).scalars(as: Int.self) == [24, 32])
  }

  @Test("branches join along the axis that they are told")
  func branches() {
    let model = Branches(axis: -1) {
      Identity()
      Lambda { $0 * 2 }
    }
    #expect(model(NDArray([[1, 2]])).scalars(as: Int.self) == [1, 2, 2, 4])
    #expect(
      Branches(axis: 0) {
        Identity(); Identity()
      }(x).shape == [6, 4])
    #expect(Unflatten([2, -1])(x).shape == [3, 2, 2])
  }
}
