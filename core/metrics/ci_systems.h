#pragma once
// Table of CI systems: which of their variables state the coordinates of a run. Pure; any thread.

#include <array>
#include <span>
#include <string_view>

#include "core/metrics/ci_variables.h"

namespace perftrend::metrics {

/// Names of variables with one meaning; the first that is set counts. Empty names end the list.
using Names = std::array<std::string_view, 5>;

/// One CI system.
struct CiSystem {
  std::string_view name;    ///< first part of the key of its runs
  Names any_of = {};        ///< the system is read only where one of these is set; none: always
  Names pull_request = {};  ///< numbers, or paths that end in one: "pr/12"; "false" and "0" mean none
  Names tag = {};
  Names branch = {};
  Names commit = {};       ///< the head of a pull request comes first
  Names base_branch = {};  ///< set only where there is a base
  Names base_commit = {};  ///< as above
  Names pull_base_branch =
      {};  ///< the base of a pull request, where the same variable means something else without one
  Names pull_base_commit = {};  ///< as above
  Names run = {};
  Names attempt = {};
  Names url = {};
  Names default_branch = {};
  /// What the names above can't say; null for most systems.
  void (*adjust)(const FindVariable& find, CiCoordinates& ci) = nullptr;
};

/// All systems, in the order in which they are asked.
std::span<const CiSystem> ci_systems();

/// What the variables of one system say.
CiCoordinates read_ci_system(const CiSystem& system, const FindVariable& find);

}  // namespace perftrend::metrics
