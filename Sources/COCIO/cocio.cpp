#include "cocio.h"
