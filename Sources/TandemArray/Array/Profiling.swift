// What the engine notes down about operators: `Profiler.start()`, `Profiler.stop()`, scopes and
// markers, and the profile with its tables and its Chrome trace.
@_exported import struct TandemEngine.Profile
@_exported import struct TandemEngine.ProfileError
@_exported import enum TandemEngine.Profiler
