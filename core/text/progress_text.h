#pragma once
// Text of a progress bar.

#include <cstddef>
#include <string>

namespace perftrend::text {

/// "[####......] 1200 of 3000, 21 s left"; `seconds` have passed since the start.
std::string progress_text(std::size_t done, std::size_t total, double seconds);

}  // namespace perftrend::text
