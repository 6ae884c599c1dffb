#include "runner/engines/reference/tokenizer.h"

#include <algorithm>
#include <cassert>
#include <cstddef>

namespace perftrend::runner {
namespace {

constexpr int byte_values = 256;
constexpr int built_in_merges = 160;  // slightly fewer than the training text contains

// Training text of the built-in vocabulary. English prompts come to about three bytes per token. The text must not
// change: the vocabulary, and with it every measured series, depends on it.
constexpr std::string_view training_text =
    "A short prompt is a prompt of one word. This is a medium prompt. This is a long prompt that should be measured. "
    "The runner measures how long it takes to split a text into tokens and how long the model takes to read them. "
    "Reading the prompt is called the prefill, because it fills the cache of keys and values before anything is said. "
    "Each operation is repeated, and the median of the repeats is what we plot, together with its spread. "
    "If the machine is busy then the times are longer, and there is nothing to learn from them but that it was busy. "
    "A very small change can be seen only when the noise is smaller still; so we keep every sample that was taken. "
    "Work correctly, then work quickly. With a length that varies, the cost of attention grows faster than the length, "
    "while the cost of the other layers grows with the number of tokens in the prompt. The weights are ternary: minus "
    "one, zero or plus one, and so a product is an addition, a subtraction or nothing at all. What is generated "
    "depends on the seed alone. The same seed gives the same weights, the same weights give the same tokens, and the "
    "same tokens should take the same time; when they do not, something has changed, and somebody would like to know. "
    "Lengthy sentences with many clauses, as this one, which is about nothing in particular, still have to be handled, "
    "and the shorter ones too. Operations on prompts, operations on tokens, operations on samples: the test knows "
    "them.";

using Pair = std::pair<TokenId, TokenId>;
using Words = std::map<std::vector<TokenId>, int>;

/// A word includes the blank before it, for example " the"; merges never cross word boundaries.
std::vector<std::vector<TokenId>> split_words(std::string_view text) {
  std::vector<std::vector<TokenId>> words;
  for (const char byte : text) {
    if (words.empty() || byte == ' ') words.emplace_back();
    words.back().push_back(static_cast<unsigned char>(byte));
  }
  return words;
}

/// Replaces every occurrence of `pair`, from the left.
void replace_pair(std::vector<TokenId>& word, Pair pair, TokenId merged) {
  std::size_t length = 0;
  for (std::size_t i = 0; i < word.size(); ++length) {
    const bool here = i + 1 < word.size() && Pair{word[i], word[i + 1]} == pair;
    word[length] = here ? merged : word[i];
    i += here ? 2 : 1;
  }
  word.resize(length);
}

/// The most frequent pair and its count.
std::pair<Pair, int> most_frequent_pair(const Words& words) {
  std::map<Pair, int> counts;
  for (const auto& [word, times] : words) {
    for (std::size_t i = 0; i + 1 < word.size(); ++i)
      counts[{word[i], word[i + 1]}] += times;
  }
  std::pair<Pair, int> best{{0, 0}, 0};
  for (const auto& [pair, times] : counts) {
    if (times > best.second) best = {pair, times};
  }
  return best;
}

}  // namespace

Tokenizer::Tokenizer() {
  pieces_.reserve(byte_values);
  for (int byte = 0; byte < byte_values; ++byte)
    pieces_.emplace_back(1, static_cast<char>(byte));
}

Tokenizer Tokenizer::built_in() {
  return train(training_text, built_in_merges);
}

Tokenizer Tokenizer::train(std::string_view text, int merges) {
  Tokenizer tokenizer;
  Words words;
  for (auto& word : split_words(text))
    ++words[std::move(word)];
  for (int learned = 0; learned < merges; ++learned) {
    const auto [pair, times] = most_frequent_pair(words);
    if (times < 2) break;
    const auto id = static_cast<TokenId>(tokenizer.pieces_.size());
    tokenizer.pieces_.push_back(tokenizer.pieces_[static_cast<std::size_t>(pair.first)] +
                                tokenizer.pieces_[static_cast<std::size_t>(pair.second)]);
    tokenizer.merges_.emplace(pair, id);
    Words merged;
    for (const auto& [word, count] : words) {
      std::vector<TokenId> shorter = word;
      replace_pair(shorter, pair, id);
      merged[std::move(shorter)] += count;
    }
    words = std::move(merged);
  }
  return tokenizer;
}

std::vector<TokenId> Tokenizer::encode(std::string_view text) const {
  std::vector<TokenId> ids;
  ids.reserve(text.size());
  for (auto& word : split_words(text)) {
    merge_word(word);
    ids.insert(ids.end(), word.begin(), word.end());
  }
  return ids;
}

/// Repeatedly merges the earliest learned pair that occurs.
void Tokenizer::merge_word(std::vector<TokenId>& word) const {
  while (word.size() > 1) {
    auto first = merges_.end();
    for (std::size_t i = 0; i + 1 < word.size(); ++i) {
      const auto found = merges_.find({word[i], word[i + 1]});
      if (found != merges_.end() && (first == merges_.end() || found->second < first->second)) first = found;
    }
    if (first == merges_.end()) return;
    replace_pair(word, first->first, first->second);
  }
}

std::string Tokenizer::decode(std::span<const TokenId> ids) const {
  std::string text;
  for (const TokenId id : ids) {
    assert(id >= 0 && id < vocabulary_size());
    text += pieces_[static_cast<std::size_t>(id)];
  }
  return text;
}

}  // namespace perftrend::runner
