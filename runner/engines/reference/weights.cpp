#include "runner/engines/reference/weights.h"

#include <cassert>
#include <cmath>
#include <utility>

namespace perftrend::runner {
namespace {

constexpr std::size_t weights_per_byte = 4;
constexpr unsigned bits_per_weight = 2;
constexpr unsigned weight_mask = 3;

/// SplitMix64 (Steele, Lea, Flood 2014): the standard library's distributions differ between implementations.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15ULL;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebULL;
    return mixed ^ (mixed >> 31U);
  }
  std::int8_t ternary() { return static_cast<std::int8_t>(static_cast<int>(next() % 3) - 1); }
  /// Uniform in [-1, 1), a multiple of 2^-23, so exact in a float.
  float uniform() {
    return static_cast<float>(static_cast<std::int64_t>(next() >> 40U) - (1LL << 23)) / static_cast<float>(1LL << 23);
  }

 private:
  std::uint64_t state_;
};

TernaryMatrix random_matrix(Random& random, std::size_t rows, std::size_t columns) {
  std::vector<std::int8_t> values(rows * columns);
  for (auto& value : values)
    value = random.ternary();
  // Two of three weights are not zero: this scale keeps the variance of a row's sum at the variance of its input.
  const float scale = 1.0F / std::sqrt(static_cast<float>(columns) * 2.0F / 3.0F);
  return {rows, columns, scale, values};
}

}  // namespace

TernaryMatrix::TernaryMatrix(std::size_t rows, std::size_t columns, float scale, std::span<const std::int8_t> values)
    : rows_(rows), columns_(columns), scale_(scale), packed_(rows * columns / weights_per_byte) {
  assert(columns % weights_per_byte == 0 && values.size() == rows * columns);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto code = static_cast<unsigned>(values[i] + 1);
    const auto shift = static_cast<unsigned>(i % weights_per_byte) * bits_per_weight;
    packed_[i / weights_per_byte] = static_cast<std::uint8_t>(packed_[i / weights_per_byte] | (code << shift));
  }
}

void TernaryMatrix::unpack_row(std::size_t row, std::span<std::int8_t> out) const {
  assert(row < rows_ && out.size() >= columns_);
  const std::uint8_t* packed = packed_.data() + row * columns_ / weights_per_byte;
  for (std::size_t i = 0; i < columns_; i += weights_per_byte, ++packed) {
    const unsigned byte = *packed;
    for (std::size_t k = 0; k < weights_per_byte; ++k) {
      const unsigned code = (byte >> (k * bits_per_weight)) & weight_mask;
      out[i + k] = static_cast<std::int8_t>(static_cast<int>(code) - 1);
    }
  }
}

Weights Weights::from_seed(const ModelShape& shape, std::uint64_t seed) {
  Random random(seed);
  std::vector<float> embedding(shape.vocabulary * shape.width);
  for (auto& value : embedding)
    value = random.uniform();
  std::vector<LayerWeights> layers;
  layers.reserve(shape.layers);
  const std::size_t width = shape.width;
  const std::size_t hidden = shape.hidden;
  for (std::size_t layer = 0; layer < shape.layers; ++layer) {
    // Braces: the draws happen in the order written.
    layers.push_back(LayerWeights{
        random_matrix(random, width, width),
        random_matrix(random, width, width),
        random_matrix(random, width, width),
        random_matrix(random, width, width),
        random_matrix(random, hidden, width),
        random_matrix(random, hidden, width),
        random_matrix(random, width, hidden),
    });
  }
  return {shape, std::move(embedding), std::move(layers), random_matrix(random, shape.vocabulary, width)};
}

}  // namespace perftrend::runner
