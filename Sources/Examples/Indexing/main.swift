// Parts of arrays: read, assigned, sorted, gathered and scattered. Every form that may stand
// between the brackets is in the table of the documentation's page Indexing.
import Tandem

let scores = NDArray([[3, 1, 2], [9, 7, 8], [4, 6, 5]])

// Integers, ranges that may count from the end, strides, new axes.
print(scores[1, ...1])
print(scores[-2...(-1), .stride(from: nil, to: nil, by: -1)])
print(scores[..., 0, .newAxis].shape)

// An integer array picks rows, and two of them pick elements: (0, 2), (2, 1) and (0, 0).
print(scores[NDArray([2, 0, 2], dtype: .int64)].shape)
print(scores[NDArray([0, 2, 0], dtype: .int64), NDArray([2, 1, 0], dtype: .int64)])

// A mask selects, and is assigned to.
var capped = scores
capped[scores .> 6] = NDArray(6)
print(scores[scores .> 6])
print(capped)

// Sorting; argSort gives the places that takeAlongAxis reads in that order.
let order = scores.argSort(axis: 1)
print(scores.sorted(axis: 1, descending: true))
print(order)
print(scores.takeAlongAxis(order, axis: 1))
let best = scores.topK(2, axis: 1)
print(best.values)
print(best.indices)

// Where numbers belong among sorted ones: the edges of bins.
let bins = NDArray([2, 5, 8]).searchSorted(scores.reshaped([9]))
print(bins)

// How many fell into each bin: oneHot and a sum, or a scatter that adds.
print(bins.oneHot(4).sum(axis: 0))
print(NDArray.zeros([4]).scatter(NDArray.ones([9]), at: [bins], by: .add))

// Rows of a table by number, as an embedding does; the gradient adds what was picked twice.
let table = NDArray.arange(6, dtype: .float32).reshaped([3, 2])
let words = NDArray([2, 0, 2], dtype: .int64)
print(table.take(words, axis: 0))
print(gradient(of: { $0.take(words, axis: 0).sum() })(table))
