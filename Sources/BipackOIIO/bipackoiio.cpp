#include "bipackoiio.h"
