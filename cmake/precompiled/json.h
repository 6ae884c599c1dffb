// base.h and nlohmann/json, for the libraries that read or write JSON.
#pragma once

#include <nlohmann/json.hpp>

#include "cmake/precompiled/base.h"
