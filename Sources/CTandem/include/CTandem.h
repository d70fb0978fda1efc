// The one C module of Tandem; see each header for what it holds.
#ifndef CTANDEM_H
#define CTANDEM_H
#include "tandem_blas.h"
#include "tandem_factorization.h"
#include "tandem_gemm.h"
#include "tandem_indexing.h"
#include "tandem_inflate.h"
#include "tandem_level.h"
#include "tandem_loops.h"
#include "tandem_native.h"
#include "tandem_neural.h"
#include "tandem_pixels.h"
#include "tandem_pooling.h"
#include "tandem_process.h"
#include "tandem_random.h"
#include "tandem_scope.h"
#include "tandem_sha256.h"
#include "tandem_site.h"
#include "tandem_sort.h"
#include "tandem_sparse.h"
#include "tandem_threads.h"
#include "tandem_variates.h"
#endif
