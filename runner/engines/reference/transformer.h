#pragma once
// A small decoder-only transformer after BitNet b1.58: RMSNorm before each block, activations quantised to 8 bits
// before every ternary product, rotary positions, causal attention over a cache of keys and values, squared-ReLU gate
// in the feed-forward part. Single-threaded. The arithmetic of a token does not depend on how tokens are batched:
// the logits after prefill(a, b, c) are bit for bit those after prefill(a, b), prefill(c).

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "runner/engines/engine.h"
#include "runner/engines/reference/weights.h"

namespace perftrend::runner {

class Transformer {
 public:
  explicit Transformer(Weights weights);

  /// Clears the context.
  void reset() { length_ = 0; }
  /// Appends `ids` to the context and returns the logits of the next token, one per vocabulary entry, valid until the
  /// next call. `ids` must not be empty, must be in the vocabulary, and must fit: ids.size() <= free_context().
  std::span<const float> prefill(std::span<const TokenId> ids);

  [[nodiscard]] std::size_t length() const { return length_; }
  [[nodiscard]] std::size_t free_context() const { return weights_.shape.context - length_; }
  [[nodiscard]] const ModelShape& shape() const { return weights_.shape; }

 private:
  struct Cache {
    std::vector<float> keys, values;  ///< context x width each
  };

  void attention_block(std::size_t layer, std::size_t tokens);
  void feed_forward_block(std::size_t layer, std::size_t tokens);
  void attend(const Cache& cache, std::size_t token, std::span<float> out);
  void quantise_normed(std::span<const float> rows, std::size_t width, std::size_t tokens);
  void multiply(const TernaryMatrix& matrix, std::size_t tokens, std::span<float> out);
  void rotate(std::span<float> rows, std::size_t tokens) const;

  Weights weights_;
  std::vector<Cache> caches_;
  std::vector<float> cosines_, sines_;  ///< context x (head width / 2)
  std::size_t length_ = 0;

  // Buffers of one call, allocated once so that nothing is allocated while the clock runs.
  std::vector<float> stream_;  ///< tokens x width: the residual stream
  std::vector<float> query_, mixed_, hidden_, gate_, scores_, logits_;
  std::vector<std::int8_t> quantised_;  ///< tokens x columns
  std::vector<float> quantised_scale_;  ///< quantisation step of each token
  std::vector<std::int8_t> row_;        ///< one unpacked row of a matrix
};

/// The index of the greatest value; the first of equal ones.
TokenId argmax(std::span<const float> logits);

}  // namespace perftrend::runner
