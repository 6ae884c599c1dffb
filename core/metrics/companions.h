#pragma once
// Properties that describe other properties of a case: `NAME.unit` and `NAME.better`.

#include <map>
#include <string_view>
#include <vector>

#include "core/model.h"

namespace perftrend::metrics {

/// Views of the properties; "" for what is not stated.
struct Companion {
  std::string_view unit;
  std::string_view better;
};

/// By full name of the property described.
using Companions = std::map<std::string_view, Companion>;

Companions companions_of(const std::vector<CaseProperty>& properties);

/// True for the name of a companion.
bool is_companion(std::string_view name);

/// Companions of the labelled name `full`, else those of the metric.
Companion find_companion(const Companions& companions, std::string_view full, std::string_view metric);

}  // namespace perftrend::metrics
