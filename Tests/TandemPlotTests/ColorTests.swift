import Glibc
import Testing

@testable import TandemPlot

/// Colours against colour-science, and what the maps promise.
struct ColorTests {
  @Test("Oklab becomes sRGB as colour-science says")
  func conversion() throws {
    for fixture in try PlotFixture.load().colors {
      let color = Oklab(
        lightness: fixture.lightness, chroma: fixture.chroma, hue: fixture.hue
      ).color
      let isInside = fixture.srgb.allSatisfy { $0 > 0.5 && $0 < 254.5 }
      guard isInside else { continue }
      for (byte, expected) in zip([color.red, color.green, color.blue], fixture.srgb) {
        #expect(abs(Double(byte) - expected) < 0.6, "\(fixture)")
      }
    }
  }

  /// The lightness of CIE 1976 of a colour, by the published formula.
  private func lightness(_ color: Plot.Color) -> Double {
    func linear(_ byte: UInt8) -> Double {
      let v = Double(byte) / 255
      return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4)
    }
    let y =
      0.2126729 * linear(color.red) + 0.7151522 * linear(color.green)
      + 0.0721750 * linear(color.blue)
    return y > 0.008856 ? 116 * pow(y, 1.0 / 3) - 16 : 903.3 * y
  }

  @Test("maps get lighter, or darker, all the way and nowhere in a jump")
  func maps() {
    for (map, sign) in [(Plot.ColorMap.dusk, 1.0), (.blues, -1)] {
      let levels = map.table.map(lightness)
      // Every sixteenth: a byte is coarser than one step.
      let steps = stride(from: 15, to: 256, by: 16).map { sign * (levels[$0] - levels[$0 - 15]) }
      let mean = steps.reduce(0, +) / Double(steps.count)
      #expect(steps.allSatisfy { $0 > 0.4 * mean && $0 < 1.7 * mean }, "\(steps)")
    }
    // In the dark the two measures of lightness differ.
    let grays = Plot.ColorMap.gray.table.map(lightness)
    #expect(zip(grays, grays.dropFirst()).allSatisfy { $0 <= $1 } && grays[255] > 99.9)
    let levels = Plot.ColorMap.diverging.table.map(lightness)
    #expect(abs(levels[0] - levels[255]) < 4 && levels[127] > 95)
  }

  @Test("the palette is that of Okabe and Ito, each once")
  func palette() {
    let published: Set = [
      "#000", "#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7",
    ]
    #expect(Set(Plot.Color.palette.map(\.hexText)) == published)
  }
}
