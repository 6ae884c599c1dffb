#pragma once
// Builder of a Report for formats other than JUnit, with the counts and limits of every report.

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

/// One case as the reader of a format collects it.
struct BuiltCase {
  std::string suite, classname, name;
  CaseStatus status = CaseStatus::passed;
  std::string message;                                          ///< empty when passed
  std::string output;                                           ///< is searched for metrics
  std::optional<double> time_seconds;                           ///< finite and not negative
  std::vector<std::pair<std::string, std::string>> properties;  ///< metrics and their companions (schema/junit.md)
};

/// Collects one report. After the first refusal everything else is ignored, so callers may check once, in finish().
class ReportBuilder {
 public:
  /// `limits` must outlive this object.
  explicit ReportBuilder(const ReadLimits& limits) : limits_(limits) {
    report_.direction_advice = "State it in a policy";
  }

  /// Adds a property of the run: a coordinate or a part of the environment.
  void add_property(std::string name, std::string value);
  void add_case(BuiltCase built);
  void add_warning(std::string warning);
  /// What the sender can do where a direction is not known, as an imperative: part of the warning about it.
  void direction_advice(std::string advice) { report_.direction_advice = std::move(advice); }
  /// Time at which the run started; the earliest one counts. Text that is not a plausible time is ignored.
  void started_at(std::string_view text);
  void hostname(std::string_view name);

  /// Refuses the document. `cause` is one sentence without a full stop.
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
