#include "core/stats/ranks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>
#include <vector>

namespace perftrend::stats {
namespace {

using Samples = std::vector<double>;

/// The two-sided p-value by going through every arrangement of the samples.
double p_by_enumeration(const Samples& a, const Samples& b) {
  Samples all(a);
  all.insert(all.end(), b.begin(), b.end());
  const auto u_of = [&](const std::vector<bool>& in_b) {
    double u = 0;
    for (std::size_t i = 0; i < all.size(); ++i)
      for (std::size_t j = 0; j < all.size(); ++j)
        if (in_b[i] && !in_b[j] && all[i] > all[j]) ++u;
    return u;
  };
  std::vector<bool> in_b(all.size(), false);
  std::fill(in_b.begin() + static_cast<std::ptrdiff_t>(a.size()), in_b.end(), true);
  const double middle = static_cast<double>(a.size() * b.size()) / 2;
  const double seen = std::abs(u_of(in_b) - middle);
  double as_far = 0;
  double arrangements = 0;
  std::sort(in_b.begin(), in_b.end());
  do {
    ++arrangements;
    if (std::abs(u_of(in_b) - middle) >= seen) ++as_far;
  } while (std::next_permutation(in_b.begin(), in_b.end()));
  return as_far / arrangements;
}

TEST(RankPValue, IsTheShareOfArrangementsAsFarApart) {
  std::mt19937_64 random(7);
  std::normal_distribution<double> normal;
  for (const auto& [n, m] : {std::pair<std::size_t, std::size_t>{1, 1}, {2, 3}, {4, 4}, {5, 4}, {3, 7}, {6, 6}}) {
    for (int repeat = 0; repeat < 20; ++repeat) {
      Samples a(n), b(m);
      std::generate(a.begin(), a.end(), [&] { return normal(random); });
      std::generate(b.begin(), b.end(), [&] { return normal(random) + 1; });
      EXPECT_NEAR(rank_p_value(a, b), p_by_enumeration(a, b), 1e-12) << n << ' ' << m;
    }
  }
}

TEST(RankPValue, Table) {
  EXPECT_DOUBLE_EQ(rank_p_value(Samples{1, 2, 3, 4}, Samples{5, 6, 7, 8}), 2.0 / 70);
  EXPECT_DOUBLE_EQ(rank_p_value(Samples{5, 6, 7, 8}, Samples{1, 2, 3, 4}), 2.0 / 70) << "two-sided";
  EXPECT_EQ(rank_p_value(Samples{}, Samples{1}), 1);
  EXPECT_EQ(rank_p_value(Samples{3, 3, 3}, Samples{3, 3}), 1) << "all equal";
  EXPECT_GT(rank_p_value(Samples(500, 1.0), Samples(500, 2.0)), 0) << "never 0";
}

TEST(RankPValue, TheNormalOneAgreesWithTheExactOneWhereBothAreKnown) {
  std::mt19937_64 random(11);
  std::normal_distribution<double> normal;
  for (int repeat = 0; repeat < 50; ++repeat) {
    Samples a(25), b(25);
    std::generate(a.begin(), a.end(), [&] { return normal(random); });
    std::generate(b.begin(), b.end(), [&] { return normal(random) + 0.4; });
    const double exact = rank_p_value(a, b);
    a.push_back(-50);  // one more on each side, out of the way: beyond exact_samples_max
    b.push_back(50);
    a.push_back(60);
    b.push_back(-60);
    EXPECT_NEAR(rank_p_value(a, b), exact, 0.12) << repeat;
  }
}

/// Under no difference, p below 5 % is as rare as it says.
TEST(RankPValue, IsRarelySmallWithoutADifference) {
  std::mt19937_64 random(3);
  std::lognormal_distribution<double> skewed(0, 1);
  int small = 0;
  constexpr int trials = 2000;
  for (int trial = 0; trial < trials; ++trial) {
    Samples a(12), b(15);
    std::generate(a.begin(), a.end(), [&] { return skewed(random); });
    std::generate(b.begin(), b.end(), [&] { return skewed(random); });
    if (rank_p_value(a, b) < 0.05) ++small;
  }
  EXPECT_LT(small, trials * 0.065);
  EXPECT_GT(small, trials * 0.035);
}

ShiftEstimate shift_by_sorting(const Samples& a, const Samples& b) {
  Samples differences;
  for (const double x : a)
    for (const double y : b)
      differences.push_back(y - x);
  std::sort(differences.begin(), differences.end());
  const std::size_t n = differences.size();
  return {(differences[(n - 1) / 2] + differences[n / 2]) / 2, differences.front(), differences.back()};
}

TEST(ShiftBetween, IsTheMedianOfAllDifferences) {
  std::mt19937_64 random(5);
  std::uniform_int_distribution<int> size(1, 30);
  std::normal_distribution<double> normal(0, 1);
  for (int repeat = 0; repeat < 200; ++repeat) {
    Samples a(static_cast<std::size_t>(size(random))), b(static_cast<std::size_t>(size(random)));
    // Half of the time with many ties.
    const double grain = repeat % 2 == 0 ? 0 : 0.5;
    const auto draw = [&] {
      const double value = normal(random);
      return grain > 0 ? std::round(value / grain) * grain : value;
    };
    std::generate(a.begin(), a.end(), draw);
    std::generate(b.begin(), b.end(), draw);
    const ShiftEstimate shift = shift_between(a, b);
    const ShiftEstimate expected = shift_by_sorting(a, b);
    EXPECT_NEAR(shift.estimate, expected.estimate, 1e-12);
    EXPECT_LE(expected.low, shift.low);
    EXPECT_LE(shift.low, shift.estimate);
    EXPECT_LE(shift.estimate, shift.high);
    EXPECT_LE(shift.high, expected.high);
  }
}

TEST(ShiftBetween, MovesWithTheSamplesAndTurnsAroundWithThem) {
  const Samples a{10.1, 10.3, 10.2, 10.9, 10.25, 10.15}, b{11.0, 11.2, 11.1, 11.9, 11.05, 11.4};
  const ShiftEstimate forth = shift_between(a, b);
  const ShiftEstimate back = shift_between(b, a);
  EXPECT_NEAR(forth.estimate, -back.estimate, 1e-12);
  EXPECT_NEAR(forth.low, -back.high, 1e-12);
  Samples further(b);
  for (double& value : further)
    value += 5;
  EXPECT_NEAR(shift_between(a, further).estimate, forth.estimate + 5, 1e-12);
}

TEST(ShiftBetween, ItsIntervalHoldsTheShiftAsOftenAsItSays) {
  std::mt19937_64 random(9);
  std::exponential_distribution<double> tail(1);
  int held = 0;
  constexpr int trials = 2000;
  for (int trial = 0; trial < trials; ++trial) {
    Samples a(15), b(20);
    std::generate(a.begin(), a.end(), [&] { return tail(random); });
    std::generate(b.begin(), b.end(), [&] { return tail(random) + 0.5; });
    const ShiftEstimate shift = shift_between(a, b);
    if (shift.low <= 0.5 && 0.5 <= shift.high) ++held;
  }
  EXPECT_GT(held, trials * 0.935);
  EXPECT_LT(held, trials * 0.975);
}

TEST(ShiftBetween, ExtremeNumbersEnd) {
  const double most = std::numeric_limits<double>::max() / 4;
  EXPECT_EQ(shift_between(Samples{0}, Samples{most}).estimate, most);
  EXPECT_EQ(shift_between(Samples{1e-300}, Samples{1e-300}).estimate, 0);
}

}  // namespace
}  // namespace perftrend::stats
