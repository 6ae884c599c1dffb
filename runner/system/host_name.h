#pragma once
// Name of this machine.

#include <string>

namespace perftrend::runner {

/// "" where the system does not give one.
std::string host_name();

}  // namespace perftrend::runner
