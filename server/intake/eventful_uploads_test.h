#pragma once
// Uploads in which much happens, and what came of them as text, for tests that compare two ways of taking them.

#include <fmt/format.h>

#include <cstdint>
#include <random>
#include <stdexcept>
#include <string>

#include "core/time/rfc3339.h"
#include "server/intake/intake.h"

namespace perftrend::intake {

constexpr std::int64_t day_us = 86'400'000'000;

/// One nightly run of a few cases. Some of them step, spike, drift or are missing; machines change and are busy at
/// times; some days come late; one case is at odds with itself about a unit.
inline Upload eventful_day(std::mt19937_64& random, int number) {
  std::string cases;
  for (int i = 0; i < 12; ++i) {
    if (random() % 20 == 0) continue;
    double value = 100 + static_cast<double>(random() % 100) / 50;
    if (i % 3 == 0 && (number / 17 + i) % 2 == 0) value *= 1.25;
    if (i == 5) value += 0.5 * number;
    if (random() % 25 == 0) value *= 3;
    if (number % 23 == 22) value *= 1.4;
    cases += fmt::format(
        "<testcase classname='k' name='c{}'><properties><property name='x_ms' value='{} {} {}'/>"
        "<property name='y' value='7'/><property name='y.unit' value='{}'/></properties></testcase>",
        i, value, value + 1, value - 1, i == 2 && number % 3 == 1 ? "bytes" : "ms");
  }
  std::string properties = fmt::format("<property name='environment.cpu' value='cpu{}'/>", number / 40 % 2);
  if (random() % 15 == 0) properties += "<property name='perftrend.suspect' value='others were at work'/>";
  Upload sent;
  sent.project = "p";
  sent.commit = fmt::format("c{}", number);
  const int place = random() % 12 == 0 ? number - static_cast<int>(random() % 9) : number;
  sent.started_at = times::to_rfc3339(1'767'225'600'000'000 + place * day_us);
  sent.files = {{"", "application/xml",
                 fmt::format("<testsuite name='s'><properties>{}</properties>{}</testsuite>", properties, cases)}};
  return sent;
}

inline Accepted take(db::Database& database, const Options& options, Upload upload) {
  auto accepted = take_upload(database, {}, options, std::move(upload));
  if (!accepted) throw std::runtime_error(accepted.error().cause);
  return *accepted;
}

inline std::string findings_of(const Accepted& accepted) {
  std::string text;
  for (const auto& finding : accepted.verdict.findings) {
    text += fmt::format("{} {} {} {} {}\n", finding.series.id, static_cast<int>(finding.verdict),
                        finding.expected_by_chance, finding.part_of_common_shift, finding.explanation);
  }
  if (accepted.verdict.common_shift) text += triage::explain(*accepted.verdict.common_shift);
  for (const auto& warning : accepted.run.warnings)
    text += warning + '\n';
  return text + fmt::format("{} judged, {} by chance", accepted.verdict.judged, accepted.verdict.expected_by_chance);
}

/// Every record that judging wrote, without the times at which it did.
inline std::string records_of(db::Database& database) {
  std::string text;
  const auto add = [&](db::Connection& connection, const char* sql, int columns) {
    connection.query(sql, {}, [&](const db::Row& row) {
      for (int i = 0; i < columns; ++i)
        text += fmt::format("{}|", row.text(i));
      text += '\n';
    });
  };
  database.read([&](db::Connection& connection) {
    add(connection,
        "SELECT CAST(id AS TEXT), CAST(series_id AS TEXT), CAST(kind AS TEXT), CAST(first_run AS TEXT), "
        "CAST(recognised_run AS TEXT), CAST(detection_delay_points AS TEXT), CAST(coalesce(last_good, 0) AS TEXT), "
        "CAST(worse AS TEXT), CAST(state AS TEXT), reason, CAST(coalesce(common_shift_run, 0) AS TEXT), explanation, "
        "CAST(alerting AS TEXT) FROM regression ORDER BY regression.id",
        13);
    add(connection,
        "SELECT CAST(subject_id AS TEXT), subject, action, from_state, to_state, note FROM audit ORDER BY audit.id", 6);
    add(connection,
        "SELECT CAST(run_id AS TEXT), CAST(shifted AS TEXT), CAST(judged AS TEXT) FROM common_shift ORDER BY "
        "common_shift.run_id",
        3);
    add(connection,
        "SELECT CAST(case_id AS TEXT), source, reason, CAST(entered_run AS TEXT), left_reason FROM quarantine ORDER BY "
        "quarantine.id",
        5);
  });
  return text;
}

}  // namespace perftrend::intake
