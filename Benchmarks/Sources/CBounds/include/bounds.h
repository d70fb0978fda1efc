// What this machine can do at best, measured in this process.
#ifndef TANDEM_BOUNDS_H
#define TANDEM_BOUNDS_H

// Bytes per second that `threads` threads read and write together, in arrays beyond every cache;
// best of several runs.
double bounds_stream_bytes_per_second(int threads);

// float32 operations per second of `threads` threads, a multiply-add counted as two; best of
// several runs.
double bounds_float_operations_per_second(int threads);

// Pins the process to the given processors; returns 0 if that was allowed.
int bounds_pin(const int *processors, int count);

// Fills `processors` with those that the process may use; returns how many.
int bounds_allowed_processors(int *processors, int capacity);

#endif
