// Series drawn as text in testdata/: the numbers and the findings stand side by side. The format is explained there.

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "core/detect/history.h"
#include "tests/support/paths.h"

namespace perftrend::detect {
namespace {

const std::filesystem::path testdata = std::filesystem::path(perftrend::tests::source_dir()) / "core/detect/testdata";

struct DrawnSeries {
  std::string name;
  Policy policy;
  std::vector<Observation> points;
  std::map<std::string, std::vector<std::string>> expected;  ///< keyword -> the rest of its lines
};

/// Standard normal quantiles in an order without trend or period: the same wiggle in every run.
double wiggle(std::size_t i) {
  constexpr std::array quantiles{0.32, -0.89, 1.53,  -0.16, 0.67,  -1.53, -0.32, 0.16, -0.67,
                                 1.15, 0.00,  -1.15, 0.89,  -0.48, 0.48,  -1.96, 1.96};
  return quantiles[(i + i / quantiles.size() * 5) % quantiles.size()];
}

void add_points(DrawnSeries& series, const std::string& token, std::int64_t& environment) {
  if (token == "|") {
    ++environment;
    return;
  }
  const bool suspect = token.front() == '?';
  const std::string text = suspect ? token.substr(1) : token;
  const std::size_t mark = text.find_first_of("*~");
  const std::size_t last_mark = text.find_last_of("*~");
  const std::string level = text.substr(0, mark);
  const std::size_t range = level.find("..");
  const double from = std::stod(level);
  const double to = range == std::string::npos ? from : std::stod(level.substr(range + 2));
  const std::size_t count = mark == std::string::npos ? 1 : std::stoul(text.substr(last_mark + 1));
  const bool exact = mark == std::string::npos || text[mark] == '*';
  const double noise = exact ? 0 : (last_mark > mark ? 0.05 : 0.01);
  for (std::size_t i = 0; i < count; ++i) {
    const double share = count > 1 ? static_cast<double>(i) / static_cast<double>(count - 1) : 0;
    const double value = from + (to - from) * share;
    Observation point;
    point.value = value * (1 + noise * wiggle(series.points.size()));
    point.suspect = suspect;
    point.environment = environment;
    series.points.push_back(point);
  }
}

void set_policy(Policy& policy, const std::string& key, const std::string& value) {
  if (key == "better") {
    policy.better = value == "higher" ? Better::higher : Better::lower;
  } else if (key == "minimum_effect") {
    policy.minimum_effect = std::stod(value);
  } else if (key == "minimum_points") {
    policy.minimum_points = std::stoi(value);
  } else if (key == "floor") {
    policy.floor = std::stod(value);
  } else {
    ADD_FAILURE() << "no such policy: " << key;
  }
}

std::vector<DrawnSeries> read_drawn(const std::filesystem::path& path) {
  std::vector<DrawnSeries> all;
  std::ifstream file(path);
  std::int64_t environment = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    std::istringstream words(line);
    std::string keyword;
    words >> keyword;
    std::string rest;
    std::getline(words >> std::ws, rest);
    if (keyword == "series") {
      all.emplace_back().name = rest;
    } else if (keyword == "policy") {
      set_policy(all.back().policy, rest.substr(0, rest.find(' ')), rest.substr(rest.find(' ') + 1));
    } else if (keyword == "points") {
      std::istringstream tokens(rest);
      for (std::string token; tokens >> token;)
        add_points(all.back(), token, environment);
    } else {
      all.back().expected[keyword].push_back(rest);
    }
  }
  return all;
}

std::string name_of(Verdict verdict) {
  constexpr std::array names{"ok", "improved", "regressed", "suspect", "too_few"};
  return names.at(static_cast<std::size_t>(verdict));
}

std::string name_of(FindingState state) {
  constexpr std::array names{"suspected", "confirmed", "acknowledged", "fixed", "dismissed", "noted", "closed"};
  return names.at(static_cast<std::size_t>(state));
}

std::string name_of(Rule rule) {
  constexpr std::array names{"suspect_point", "too_few_points", "inside_band", "below_minimum_effect", "seen_in_window",
                             "seen_before",   "beyond_band",    "level_shift", "environment_changed"};
  return names.at(static_cast<std::size_t>(rule));
}

std::vector<std::string> episodes_of(const History& history) {
  std::vector<std::string> lines;
  for (const Episode& e : history.episodes) {
    const std::string kind = e.kind == EpisodeKind::environment ? "environment " : "";
    lines.push_back(kind + (e.worse ? "worse " : "better ") + name_of(e.state) + ' ' + std::to_string(e.first) + ".." +
                    std::to_string(e.last));
  }
  if (lines.empty()) lines.emplace_back("none");
  return lines;
}

void check(const DrawnSeries& series) {
  SCOPED_TRACE(series.name);
  const History history = judge_history(series.points, series.policy);
  ASSERT_EQ(history.points.size(), series.points.size());
  for (const auto& [keyword, lines] : series.expected) {
    if (keyword == "change_points") {
      std::string found;
      for (const std::size_t at : history.change_points)
        found += (found.empty() ? "" : " ") + std::to_string(at);
      EXPECT_EQ(found, lines.front()) << "change points";
    } else if (keyword == "episode") {
      EXPECT_EQ(episodes_of(history), lines);
    } else if (keyword == "drift") {
      EXPECT_EQ(history.drift ? (history.drift->worse ? "worse" : "better") : "none", lines.front()) << "drift";
    } else if (keyword == "verdict") {
      for (const std::string& line : lines) {
        const Judgement& j = history.points.at(std::stoul(line));
        EXPECT_EQ(line.substr(0, line.find(' ')) + ' ' + name_of(j.verdict) + ' ' + name_of(j.rule), line);
      }
    } else {
      ADD_FAILURE() << "no such expectation: " << keyword;
    }
  }
}

TEST(Drawn, EveryFileOfTestdata) {
  std::size_t checked = 0;
  for (const auto& entry : std::filesystem::directory_iterator(testdata)) {
    for (const DrawnSeries& series : read_drawn(entry.path())) {
      check(series);
      ++checked;
    }
  }
  EXPECT_GE(checked, 20U);
}

}  // namespace
}  // namespace perftrend::detect
