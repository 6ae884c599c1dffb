#pragma once
// A row of the tables of the sorter of names (facts.cpp).

#include <string_view>

namespace perftrend::metrics::fact_tables {

enum class Match {
  whole,   ///< the whole name
  ending,  ///< the whole name or its last words
  words,   ///< as `ending`, but only where the value is not a number: "cpu" may be a load, "memory" an amount
};

struct FactRow {
  std::string_view name;  ///< words joined by '_'
  Match match = Match::ending;
  bool with_unit_too = false;  ///< stays this kind even with a unit: "timeout_ms"
};

}  // namespace perftrend::metrics::fact_tables
