// Plots as text in the terminal, and as SVG and PNG files:
//
//     swift run -c release Plots [folder]
//
// Without a folder it prints text alone. The last line says how many points a line of a million
// points has in its SVG file.
import Tandem

let x = NDArray.linspace(0, 6.28, count: 100)
print(Plot.line(x, x.sin(), title: "sine"))

// Lines laid over each other share axes and a legend.
let waves =
  (Plot.line(x, x.sin(), label: "sine") + Plot.line(x, x.cos(), label: "cosine").dashed())
  .title("Waves").labels(x: "angle (radians)", y: "height")

// A band around a line, and an axis of powers of ten.
let epochs = NDArray.arange(1, 41)
let loss = (epochs * -0.12).exp() * 2 + 0.1
let learning =
  (Plot.line(epochs, loss, label: "training").errorBand(loss * 0.15)
  + Plot.line(epochs, loss * 1.2 + 0.05, label: "validation").errorBand(loss * 0.2))
  .scales(y: .log).title("Learning curve").labels(x: "epoch", y: "loss")

// Points, counts of points, bars.
let draws = NDArray.random.normal([2, 500], seed: 7)
let points = Plot.scatter(draws[0], draws[0] * 0.6 + draws[1] * 0.5, title: "Points")
let counts = Plot.histogram(draws, bins: 30, title: "Histogram").labels(y: "count")
let accuracy = Plot.bar(["SGD", "Adam", "AdamW"], [0.91, 0.93, 0.94], title: "Accuracy")
  .errorBars([0.012, 0.008, 0.006])

// Matrices, pictures, counts of classes.
let field = (x.reshaped([100, 1]) * 0.7).sin() * x.cos()
let heat = Plot.heatmap(field, colors: .diverging, title: "sin(0.7 y) cos(x)")
let pictures = Plot.grid(NDArray.random.uniform([8, 12, 12], seed: 3), columns: 4, title: "Noise")
let classes = Plot.confusion(
  [[48, 2, 0], [3, 41, 6], [1, 5, 44]], classes: ["cat", "dog", "bird"], title: "Pets")

let page = Plot.grid(
  [waves, learning, points, counts, accuracy, heat], columns: 2, title: "A page of plots")
for plot in [page, pictures, classes] {
  print(plot)
  print("")
}
if CommandLine.arguments.count > 1 {
  let folder = CommandLine.arguments[1]
  for (name, plot) in [("page", page), ("pictures", pictures), ("classes", classes)] {
    for ending in ["svg", "png", "txt"] { try plot.save("\(folder)/\(name).\(ending)") }
  }
}

let long = NDArray.linspace(0, 100, count: 1_000_000)
print("a million points are \(Plot.line(long, long.sin()).svg.utf8.count) bytes of SVG")
