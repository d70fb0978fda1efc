// The names of layers 0 to 6 that users need, under one import.
@_exported import TandemArray
@_exported import TandemData
@_exported import TandemDistributions
@_exported import TandemFormats
@_exported import TandemNN
@_exported import TandemOptim
@_exported import TandemPlot
@_exported import TandemShapes
@_exported import TandemThreads
@_exported import TandemTraining
