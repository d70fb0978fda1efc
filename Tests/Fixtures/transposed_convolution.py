"""Writes Tests/Fixtures/transposed_convolution.txt: transposed convolutions and their gradients by
PyTorch in float64, over small whole numbers, so that every result is exact.

Element i of x is (7 i mod 11) - 5, of the weight (5 i mod 7) - 3, of the bias i - 1, and of the
gradient of the result (3 i mod 5) - 2. A line: the geometry, the shapes of x, the weight and the
result, then the result, the gradient of x, of the weight and of the bias.
"""

import os

import torch
import torch.nn.functional as F

CASES = [
    # x, weight, stride, padding, output padding, dilation, groups
    ((2, 3, 5), (3, 2, 3), (1,), (0,), (0,), (1,), 1),
    ((1, 4, 6), (4, 1, 4), (3,), (1,), (2,), (1,), 2),
    ((2, 2, 4, 3), (2, 3, 3, 3), (2, 2), (1, 1), (1, 1), (1, 1), 1),
    ((1, 4, 3, 4), (4, 2, 2, 3), (2, 1), (0, 1), (1, 0), (2, 1), 2),
    ((1, 3, 4, 4), (3, 1, 3, 3), (2, 2), (1, 1), (1, 1), (1, 1), 3),
    ((1, 16, 5, 6), (16, 9, 1, 1), (2, 2), (0, 0), (1, 0), (1, 1), 1),
    ((1, 2, 2, 3, 2), (2, 2, 2, 2, 3), (2, 1, 2), (0, 0, 1), (1, 0, 0), (1, 2, 1), 1),
]


def whole(shape, factor, modulus, shift):
    count = int(torch.tensor(shape).prod())
    values = (torch.arange(count) * factor) % modulus - shift
    return values.reshape(shape).double().requires_grad_()


def listed(numbers):
    return ",".join(str(int(number)) for number in numbers)


def main():
    lines = []
    for x_shape, w_shape, stride, padding, output_padding, dilation, groups in CASES:
        function = {3: F.conv_transpose1d, 4: F.conv_transpose2d, 5: F.conv_transpose3d}[len(x_shape)]
        x, w = whole(x_shape, 7, 11, 5), whole(w_shape, 5, 7, 3)
        b = (torch.arange(w_shape[1] * groups) - 1).double().requires_grad_()
        y = function(x, w, b, stride, padding, output_padding, groups, dilation)
        dy = whole(tuple(y.shape), 3, 5, 2).detach()
        gradients = torch.autograd.grad(y, [x, w, b], dy)
        parts = [stride, padding, output_padding, dilation, (groups,), x_shape, w_shape, y.shape]
        parts += [tensor.flatten().tolist() for tensor in [y, *gradients]]
        lines.append(" ".join(listed(part) for part in parts))
    path = os.path.join(os.path.dirname(__file__), "transposed_convolution.txt")
    with open(path, "w") as file:
        file.write("\n".join(lines) + "\n")


main()
