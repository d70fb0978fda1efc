import Testing

@testable import TandemTraining
