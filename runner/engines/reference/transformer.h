#pragma once
// A small decoder-only transformer as BitNet b1.58 has it: RMSNorm before each block, activations quantised to 8 bits
// before every ternary product, rotary positions, causal attention over a cache of keys and values, squared-ReLU gate
// in the feed-forward part. Single-threaded, and every token's arithmetic is the same however the tokens are batched:
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

  /// Forgets all tokens.
  void reset() { length_ = 0; }
  /// Appends `ids` to the context and returns the logits of the token that follows, one for each of the vocabulary;
  /// valid until the next call. `ids` is not empty, in the vocabulary, and fits: ids.size() <= room().
  std::span<const float> prefill(std::span<const TokenId> ids);

  [[nodiscard]] std::size_t length() const { return length_; }
  [[nodiscard]] std::size_t room() const { return weights_.shape.context - length_; }
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

  // Room for one call, kept between calls so that nothing is allocated while the clock runs.
  std::vector<float> stream_;  ///< tokens x width: the residual stream
  std::vector<float> query_, mixed_, hidden_, gate_, scores_, logits_;
  std::vector<std::int8_t> quantised_;  ///< tokens x columns
  std::vector<float> quantised_scale_;  ///< a token's step
  std::vector<std::int8_t> row_;        ///< one unpacked row of a matrix
};

/// The index of the greatest value, the first among equals.
TokenId argmax(std::span<const float> logits);

}  // namespace perftrend::runner
