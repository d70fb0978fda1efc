/// Connectionist temporal classification: minus the log-probability of a text under scores for each
/// moment, summed over all ways to stretch it with repetitions and blanks.
///
/// | value | shape |
/// | --- | --- |
/// | `logits` | `[time, batch, classes]`, floats |
/// | `labels` | `[batch, length]`, integers, never the blank; padded at the end with any class |
/// | `inputLengths` | `[batch]`, integers: how many moments count; all if `nil` |
/// | `labelLengths` | `[batch]`, integers: how many labels count; all if `nil` |
/// | result | `[batch]` |
///
/// The forward variables are summed in logarithms, in float32 at least, and the gradient is that of
/// this sum. Where no way leads to the text, as where it is too long, the loss is about 1e30 and
/// its gradient worthless: pass such texts over, or cut losses.
///
/// - Parameter blank: the class that stands for nothing; PyTorch's 0, MXNet's last one if `nil`.
/// - Complexity: O(time · batch · length).
/// - Reference: Graves et al., *Connectionist Temporal Classification*, ICML 2006.
public func ctcLoss(
  _ logits: NDArray, _ labels: NDArray, inputLengths: NDArray? = nil,
  labelLengths: NDArray? = nil, blank: Int? = 0, file: StaticString = #fileID, line: UInt = #line
) -> NDArray {
  let site = CallSite(file, line)
  requireTexts(logits, labels, [inputLengths, labelLengths], at: site)
  let (times, batch, classes) = (logits.shape[0], logits.shape[1], logits.shape[2])
  let blank = blank ?? classes - 1
  if !(0..<classes).contains(blank) {
    fail("ctcLoss: blank \(blank) is not one of \(classes) classes", at: site)
  }
  let labels = labels.cast(to: .int64)
  let places = 2 * labels.shape[1] + 1
  let states = stretched(labels, blank)  // [batch, places]
  let logarithms = logits.cast(to: logits.dtype.accumulating).logSoftmax(axis: -1)
  let wanted = states.expandingDims(at: 0).broadcast(to: [times, batch, places])
  let scores = logarithms.takeAlongAxis(wanted, axis: 2)  // [time, batch, places]
  let inputs = inputLengths?.cast(to: .int64) ?? NDArray.full([batch], times, dtype: .int64)
  let last = forward(scores, skips(states, blank), inputs)
  let lengths =
    labelLengths?.cast(to: .int64) ?? NDArray.full([batch], labels.shape[1], dtype: .int64)
  // Texts end in the last blank or in the last label.
  let end = (2 * lengths).expandingDims(at: -1)
  let final = last.takeAlongAxis(end, axis: 1).squeezed(axis: -1)
  let before = last.takeAlongAxis((end - 1).maximum(0), axis: 1).squeezed(axis: -1)
  let both = NDArray.where(lengths .> 0, final.logAddExp(before), final)
  return (-both).cast(to: logits.dtype)
}

/// The logarithm of zero, finite, so that no difference is undefined.
private let never = -1e30

/// The forward variables after the last moment that counts, `[batch, places]`.
private func forward(_ scores: NDArray, _ skips: NDArray, _ inputs: NDArray) -> NDArray {
  let (times, batch, places) = (scores.shape[0], scores.shape[1], scores.shape[2])
  let isFirst = (NDArray.arange(places) .< 2).expandingDims(at: 0)  // [1, places]
  let start = NDArray.where(isFirst, scores[0], never)
  guard times > 1 else { return start }
  let moments = NDArray.arange(1, times)
  let (last, _) = scan(start, over: [scores[1...], moments.cast(to: scores.dtype)]) {
    alpha, now in
    let none = NDArray.full([batch, 2], never, dtype: alpha.dtype)
    let padded = NDArray.concatenated([none, alpha], axis: 1)
    let (one, two) = (padded[0..., 1..<(places + 1)], padded[0..., 0..<places])
    let stay = alpha.logAddExp(one)
    let sum = NDArray.where(skips, stay.logAddExp(two), stay)
    let counts = (now[1] .< inputs.cast(to: alpha.dtype)).expandingDims(at: -1)
    let next = NDArray.where(counts, (sum + now[0]).maximum(never), alpha)
    return (next, [NDArray]())
  }
  return last
}

/// Labels with blanks around each, `[batch, 2 · length + 1]`.
private func stretched(_ labels: NDArray, _ blank: Int) -> NDArray {
  let (batch, length) = (labels.shape[0], labels.shape[1])
  let blanks = NDArray.full([batch, length, 1], blank, dtype: .int64)
  let pairs = NDArray.concatenated([blanks, labels.expandingDims(at: -1)], axis: 2)
  let first = NDArray.full([batch, 1], blank, dtype: .int64)
  return NDArray.concatenated([pairs.reshaped([batch, 2 * length]), first], axis: 1)
}

/// Where the blank between two different labels may be left out, `[batch, places]`.
private func skips(_ states: NDArray, _ blank: Int) -> NDArray {
  let (batch, places) = (states.shape[0], states.shape[1])
  let none = NDArray.full([batch, 2], blank, dtype: .int64)
  let earlier = NDArray.concatenated([none, states], axis: 1)[0..., 0..<places]
  return (states .!= blank).logicalAnd(states .!= earlier)
}

private func requireTexts(
  _ logits: NDArray, _ labels: NDArray, _ lengths: [NDArray?], at site: CallSite
) {
  let types = ([logits, labels] + lengths.compactMap { $0 }).map { "\($0.type)" }
  let text = types.joined(separator: ", ")
  guard logits.rank == 3, logits.dtype.isFloatingPoint, logits.shape[0] > 0, logits.shape[2] > 0
  else { fail("ctcLoss: needs [time, batch, classes], floats: \(text)", at: site) }
  guard labels.rank == 2, labels.dtype.isInteger, labels.shape[0] == logits.shape[1] else {
    fail("ctcLoss: labels need [batch, length], integers: \(text)", at: site)
  }
  for length in lengths {
    guard let length else { continue }
    guard length.dtype.isInteger, length.shape == [logits.shape[1]] else {
      fail("ctcLoss: lengths need [batch], integers: \(text)", at: site)
    }
  }
}
