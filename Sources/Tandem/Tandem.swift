@_exported import TandemShapes
