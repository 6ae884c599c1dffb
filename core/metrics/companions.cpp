#include "core/metrics/companions.h"

namespace perftrend::metrics {

namespace {

constexpr std::string_view unit_suffix = ".unit";
constexpr std::string_view better_suffix = ".better";

}  // namespace

Companions companions_of(const std::vector<CaseProperty>& properties) {
  Companions companions;
  for (const CaseProperty& property : properties) {
    const std::string_view name = property.name;
    if (name.ends_with(unit_suffix)) companions[name.substr(0, name.size() - unit_suffix.size())].unit = property.value;
    if (name.ends_with(better_suffix))
      companions[name.substr(0, name.size() - better_suffix.size())].better = property.value;
  }
  return companions;
}

bool is_companion(std::string_view name) {
  return name.ends_with(unit_suffix) || name.ends_with(better_suffix);
}

Companion find_companion(const Companions& companions, std::string_view full, std::string_view metric) {
  Companion found;
  if (companions.empty()) return found;
  for (const std::string_view name : {full, metric}) {
    const auto at = companions.find(name);
    if (at == companions.end()) continue;
    if (found.unit.empty()) found.unit = at->second.unit;
    if (found.better.empty()) found.better = at->second.better;
  }
  return found;
}

}  // namespace perftrend::metrics
