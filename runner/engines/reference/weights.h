#pragma once
// The parameters of the reference model: ternary matrices after BitNet b1.58 (Ma et al. 2024), generated from a seed,
// so that every machine has the same model without a download.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace perftrend::runner {

/// Sizes of the model. `width` is a multiple of 4 * heads, `hidden` of 4, and width / heads is even.
struct ModelShape {
  std::size_t layers = 4;
  std::size_t width = 192;    ///< of a token's vector
  std::size_t heads = 4;      ///< of attention
  std::size_t hidden = 512;   ///< of the feed-forward part
  std::size_t context = 512;  ///< tokens that the cache holds
  std::size_t vocabulary = 416;
};

/// A matrix of {-1, 0, +1} in row order, four values per byte, with one scale.
class TernaryMatrix {
 public:
  /// `values` holds rows * columns numbers in {-1, 0, 1}; `columns` is a multiple of 4.
  TernaryMatrix(std::size_t rows, std::size_t columns, float scale, std::span<const std::int8_t> values);

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t columns() const { return columns_; }
  [[nodiscard]] float scale() const { return scale_; }
  /// Writes row `row` as `columns()` numbers in {-1, 0, 1}.
  void unpack_row(std::size_t row, std::span<std::int8_t> out) const;

 private:
  std::size_t rows_;
  std::size_t columns_;
  float scale_;
  std::vector<std::uint8_t> packed_;
};

struct LayerWeights {
  TernaryMatrix query, key, value, output;  ///< width x width
  TernaryMatrix gate, up;                   ///< hidden x width
  TernaryMatrix down;                       ///< width x hidden
};

struct Weights {
  ModelShape shape;
  std::vector<float> embedding;  ///< vocabulary x width
  std::vector<LayerWeights> layers;
  TernaryMatrix head;  ///< vocabulary x width: from a token's vector to the logits

  /// Depends on `shape` and `seed` alone, not on the platform or the library.
  static Weights from_seed(const ModelShape& shape, std::uint64_t seed);
};

}  // namespace perftrend::runner
