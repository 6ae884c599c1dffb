// Minimum scores on the labelled series next to the checkout, if present: a little below the present ones, so that a
// change that loses something is seen. A found point counts when it lies within five of a true one.

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/detect/change_points.h"
#include "tests/support/paths.h"

namespace perftrend::detect {
namespace {

using nlohmann::json;

constexpr std::size_t margin = 5;

const std::filesystem::path corpus = std::filesystem::path(perftrend::tests::shared_dir()) / "series";

std::vector<double> read_values(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<double> values;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line))
    values.push_back(std::stod(line.substr(line.find(',') + 1)));
  return values;
}

struct Scored {
  json label;
  std::vector<std::size_t> truth;
  std::vector<std::size_t> found;
};

/// One-to-one: each true point takes the nearest found one within the margin.
std::size_t hits(const Scored& scored) {
  std::vector<std::size_t> free = scored.found;
  std::size_t count = 0;
  for (const std::size_t truth : scored.truth) {
    const auto distance = [&](std::size_t at) { return at > truth ? at - truth : truth - at; };
    const auto near = std::min_element(free.begin(), free.end(),
                                       [&](std::size_t a, std::size_t b) { return distance(a) < distance(b); });
    if (near == free.end() || distance(*near) > margin) continue;
    free.erase(near);
    ++count;
  }
  return count;
}

class Corpus : public ::testing::Test {
 protected:
  void SetUp() override {
    std::ifstream file(corpus / "labels.json");
    if (!file) GTEST_SKIP() << "the labelled series are not next to this checkout";
    labels_ = json::parse(file).at("series");
  }

  using Choice = std::function<bool(const json&)>;

  std::vector<Scored> score(
      const std::string& kind, const Choice& chosen = [](const json&) { return true; }) const {
    std::vector<Scored> all;
    for (const auto& [file, label] : labels_.items()) {
      if (label.at("kind") != kind || !chosen(label)) continue;
      all.push_back(
          {label, label.at("true").get<std::vector<std::size_t>>(), find_change_points(read_values(corpus / file))});
    }
    EXPECT_FALSE(all.empty()) << kind;
    return all;
  }

  struct Rates {
    double recall = 0;
    double precision = 0;
    double alarms = 0;  ///< false ones per 1,000 points
  };

  static Rates rates(const std::vector<Scored>& all) {
    double truth = 0;
    double hit = 0;
    double found = 0;
    double points = 0;
    for (const Scored& scored : all) {
      truth += static_cast<double>(scored.truth.size());
      hit += static_cast<double>(hits(scored));
      found += static_cast<double>(scored.found.size());
      points += scored.label.at("n").get<double>();
    }
    return {truth > 0 ? hit / truth : 1, found > 0 ? hit / found : 1, 1000 * (found - hit) / points};
  }

 private:
  json labels_;
};

TEST_F(Corpus, StepsInShuffledRealNoise) {
  const std::vector<std::pair<double, double>> floors{{0.02, 0.50}, {0.05, 0.80}, {0.10, 0.90}, {0.20, 0.95}};
  for (const auto& [step, recall] : floors) {
    const Rates r = rates(score("step-shuf", [&, step = step](const json& label) { return label.at("step") == step; }));
    EXPECT_GE(r.recall, recall) << step;
    EXPECT_GE(r.precision, step < 0.05 ? 0.75 : 0.9) << step;
  }
}

TEST_F(Corpus, StepsWellAboveTheNoise) {
  const auto at_least = [](double snr) { return [snr](const json& label) { return label.at("snr") >= snr; }; };
  EXPECT_GE(rates(score("step-shuf", at_least(4))).recall, 0.97);
  EXPECT_GE(rates(score("step-shuf", at_least(2))).recall, 0.95);
}

TEST_F(Corpus, StepsAmongSpikes) {
  const Rates r = rates(score("regime-step", [](const json& label) {
    return label.at("regime").get<std::string>().find("spike") != std::string::npos;
  }));
  EXPECT_GE(r.recall, 0.85);
  EXPECT_GE(r.precision, 0.9);
}

TEST_F(Corpus, SeveralSteps) {
  const Rates r = rates(score("multi"));
  EXPECT_GE(2 * r.precision * r.recall / (r.precision + r.recall), 0.93);
}

TEST_F(Corpus, NoiseAloneRaisesNoAlarm) {
  EXPECT_LE(rates(score("clean-shuf")).alarms, 0.05);
  const auto no_drift = [](const json& label) { return label.at("regime") != "drift"; };
  EXPECT_LE(rates(score("regime-clean", no_drift)).alarms, 0.05);
  EXPECT_LE(rates(score("regime-clean", [](const json& label) { return label.at("regime") == "drift"; })).alarms, 0.5);
}

TEST_F(Corpus, EdgeCasesAreExact) {
  for (const Scored& scored : score("edge"))
    EXPECT_EQ(scored.found, scored.truth) << scored.label.dump();
}

/// Share of the steps in `range` of step/noise that some prefix with at most `points` on the new level shows.
double seen_within(const std::vector<Scored>& prefixes, std::size_t points, double snr_least, double snr_most) {
  std::set<int> all;
  std::set<int> seen;
  for (const Scored& scored : prefixes) {
    const double snr = scored.label.at("snr");
    if (snr < snr_least || snr >= snr_most) continue;
    const int step = scored.label.at("gid");
    all.insert(step);
    if (scored.label.at("k").get<std::size_t>() <= points && hits(scored) == 1) seen.insert(step);
  }
  return all.empty() ? 0 : static_cast<double>(seen.size()) / static_cast<double>(all.size());
}

TEST_F(Corpus, StepsAreSeenEarly) {
  const std::vector<Scored> prefixes = score("prefix");
  EXPECT_GE(seen_within(prefixes, 3, 4, std::numeric_limits<double>::infinity()), 0.9);
  EXPECT_GE(seen_within(prefixes, 5, 2, 4), 0.75);
}

}  // namespace
}  // namespace perftrend::detect
