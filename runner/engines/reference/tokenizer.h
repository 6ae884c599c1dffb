#pragma once
// Byte-level byte-pair encoding (Sennrich et al. 2016, over bytes as GPT-2 does): the first 256 ids are the bytes,
// every other id is a merge of two earlier ones, in the order of training. Any byte string can be
// encoded, and decoding restores it exactly.

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runner/engines/engine.h"

namespace perftrend::runner {

class Tokenizer {
 public:
  /// Learns up to `merges` merges from `text`, the most frequent pair first, the smaller pair of ids among equals: the
  /// same text gives the same vocabulary on every machine. A pair that occurs only once is not learned.
  static Tokenizer train(std::string_view text, int merges);
  /// Trained on a built-in text; 416 ids.
  static Tokenizer built_in();

  [[nodiscard]] std::vector<TokenId> encode(std::string_view text) const;
  /// Every id must be in [0, vocabulary_size()).
  [[nodiscard]] std::string decode(std::span<const TokenId> ids) const;
  [[nodiscard]] std::int64_t vocabulary_size() const { return static_cast<std::int64_t>(pieces_.size()); }

 private:
  using Pair = std::pair<TokenId, TokenId>;
  Tokenizer();
  void merge_word(std::vector<TokenId>& word) const;

  std::vector<std::string> pieces_;  ///< text of each id
  std::map<Pair, TokenId> merges_;   ///< pairs with smaller ids were learned earlier and are merged first
};

}  // namespace perftrend::runner
