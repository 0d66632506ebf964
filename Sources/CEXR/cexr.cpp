#include "cexr.h"
