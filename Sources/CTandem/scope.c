#include "tandem_scope.h"

_Thread_local void *tandem_scope_word;
_Thread_local void *tandem_frame_word;
