import Testing
@testable import TandemKernels
