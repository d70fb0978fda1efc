// The workload `startup`: timed from outside, from the start of the process to its end.
import Tandem

print(NDArray.ones([3, 3]) + NDArray.ones([3, 3]))
