// The one C module of Tandem; see each header for what it holds.
#ifndef CTANDEM_H
#define CTANDEM_H
#include "tandem_factorization.h"
#include "tandem_indexing.h"
#include "tandem_pooling.h"
#include "tandem_random.h"
#include "tandem_site.h"
#include "tandem_threads.h"
#endif
