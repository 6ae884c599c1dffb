#pragma once
// Makes a Report out of what a format other than JUnit states, with the counts and within the limits every report has.

#include <tl/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/junit/junit_reader.h"
#include "core/junit/limits.h"
#include "core/model.h"

namespace perftrend::junit {

/// One case as a format's reader gathers it.
struct BuiltCase {
  std::string suite, classname, name;
  CaseStatus status = CaseStatus::passed;
  std::string message;                                          ///< empty when passed
  std::string output;                                           ///< measures are looked for in it
  std::optional<double> time_seconds;                           ///< finite and not negative
  std::vector<std::pair<std::string, std::string>> properties;  ///< metrics and their companions, as schema/junit.md
};

/// After the first refusal everything else is ignored, so callers need not look until finish().
class ReportBuilder {
 public:
  /// `limits` is borrowed.
  explicit ReportBuilder(const ReadLimits& limits) : limits_(limits) {}

  /// Of the run: coordinates, environment.
  void add_property(std::string name, std::string value);
  void add_case(BuiltCase built);
  void add_warning(std::string warning);
  /// The earliest of those told wins; text that is no plausible time is none.
  void started_at(std::string_view text);
  void hostname(std::string_view name);

  /// The document is not what its format says; one sentence without a full stop.
  void refuse(std::string cause);
  [[nodiscard]] bool is_refused() const { return refused_.has_value(); }

  tl::expected<Report, ReadError> finish();

 private:
  void spend(std::size_t bytes);
  void exceed(std::string limit, std::string cause);

  const ReadLimits& limits_;
  Report report_;
  std::optional<ReadError> refused_;
  std::size_t spent_bytes_ = 0;
};

}  // namespace perftrend::junit
