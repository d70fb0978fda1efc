// Counts the heap allocations of the process into which this is linked.
#ifndef TANDEM_HEAP_H
#define TANDEM_HEAP_H

// How many there were so far, by all threads.
long heap_allocations(void);

#endif
