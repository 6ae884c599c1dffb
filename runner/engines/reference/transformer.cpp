#include "runner/engines/reference/transformer.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace perftrend::runner {
namespace {

constexpr float norm_epsilon = 1e-5F;
constexpr float quantised_max = 127.0F;
constexpr double rotary_base = 10000.0;

float dot(const float* a, const float* b, std::size_t n) {
  float sum = 0;
  for (std::size_t i = 0; i < n; ++i)
    sum += a[i] * b[i];
  return sum;
}

std::int32_t dot(const std::int8_t* a, const std::int8_t* b, std::size_t n) {
  std::int32_t sum = 0;
  for (std::size_t i = 0; i < n; ++i)
    sum += a[i] * b[i];
  return sum;
}

/// 1 / root mean square.
float inverse_rms(std::span<const float> x) {
  return 1.0F / std::sqrt(dot(x.data(), x.data(), x.size()) / static_cast<float>(x.size()) + norm_epsilon);
}

void softmax(std::span<float> scores) {
  const float greatest = *std::max_element(scores.begin(), scores.end());
  float sum = 0;
  for (float& score : scores) {
    score = std::exp(score - greatest);
    sum += score;
  }
  for (float& score : scores)
    score /= sum;
}

void add(std::span<float> to, std::span<const float> from) {
  for (std::size_t i = 0; i < from.size(); ++i)
    to[i] += from[i];
}

}  // namespace

Transformer::Transformer(Weights weights) : weights_(std::move(weights)) {
  const ModelShape& shape = weights_.shape;
  const std::size_t head_width = shape.width / shape.heads;
  assert(shape.width % (4 * shape.heads) == 0 && shape.hidden % 4 == 0 && head_width % 2 == 0);
  const std::size_t widest = std::max(shape.width, shape.hidden);
  caches_.resize(shape.layers);
  for (Cache& cache : caches_) {
    cache.keys.resize(shape.context * shape.width);
    cache.values.resize(shape.context * shape.width);
  }
  stream_.resize(shape.context * shape.width);
  query_.resize(shape.context * shape.width);
  mixed_.resize(shape.context * shape.width);
  hidden_.resize(shape.context * shape.hidden);
  gate_.resize(shape.context * shape.hidden);
  scores_.resize(shape.context);
  logits_.resize(shape.vocabulary);
  quantised_.resize(shape.context * widest);
  quantised_scale_.resize(shape.context);
  row_.resize(widest);
  for (std::size_t position = 0; position < shape.context; ++position) {
    for (std::size_t i = 0; i < head_width; i += 2) {
      const double frequency = std::pow(rotary_base, -static_cast<double>(i) / static_cast<double>(head_width));
      const double angle = static_cast<double>(position) * frequency;
      cosines_.push_back(static_cast<float>(std::cos(angle)));
      sines_.push_back(static_cast<float>(std::sin(angle)));
    }
  }
}

std::span<const float> Transformer::prefill(std::span<const TokenId> ids) {
  assert(!ids.empty() && ids.size() <= free_context());
  const std::size_t width = weights_.shape.width;
  for (std::size_t token = 0; token < ids.size(); ++token) {
    assert(ids[token] >= 0 && static_cast<std::size_t>(ids[token]) < weights_.shape.vocabulary);
    const float* vector = weights_.embedding.data() + static_cast<std::size_t>(ids[token]) * width;
    std::copy_n(vector, width, stream_.data() + token * width);
  }
  for (std::size_t layer = 0; layer < weights_.layers.size(); ++layer) {
    attention_block(layer, ids.size());
    feed_forward_block(layer, ids.size());
  }
  length_ += ids.size();

  quantise_normed({stream_.data() + (ids.size() - 1) * width, width}, width, 1);
  multiply(weights_.head, 1, logits_);
  return logits_;
}

/// Appends the keys and values of the new tokens to the cache, then stream += output(attention(query, key, value)).
void Transformer::attention_block(std::size_t layer, std::size_t tokens) {
  const std::size_t width = weights_.shape.width;
  const LayerWeights& weights = weights_.layers[layer];
  Cache& cache = caches_[layer];
  const std::span<float> keys(cache.keys.data() + length_ * width, tokens * width);
  const std::span<float> values(cache.values.data() + length_ * width, tokens * width);

  quantise_normed({stream_.data(), tokens * width}, width, tokens);
  multiply(weights.query, tokens, query_);
  multiply(weights.key, tokens, keys);
  multiply(weights.value, tokens, values);
  rotate(query_, tokens);
  rotate(keys, tokens);
  for (std::size_t token = 0; token < tokens; ++token) {
    attend(cache, token, {mixed_.data() + token * width, width});
  }
  quantise_normed({mixed_.data(), tokens * width}, width, tokens);
  multiply(weights.output, tokens, query_);
  add(stream_, {query_.data(), tokens * width});
}

/// Causal attention of one new token over all tokens up to itself, for each head: softmax(q.k / sqrt(d)) v (Vaswani et
/// al. 2017).
void Transformer::attend(const Cache& cache, std::size_t token, std::span<float> out) {
  const std::size_t width = weights_.shape.width;
  const std::size_t head_width = width / weights_.shape.heads;
  const std::size_t seen = length_ + token + 1;
  const float scale = 1.0F / std::sqrt(static_cast<float>(head_width));
  std::fill(out.begin(), out.end(), 0.0F);
  for (std::size_t head = 0; head < weights_.shape.heads; ++head) {
    const std::size_t offset = head * head_width;
    const float* query = query_.data() + token * width + offset;
    for (std::size_t at = 0; at < seen; ++at) {
      scores_[at] = scale * dot(query, cache.keys.data() + at * width + offset, head_width);
    }
    softmax({scores_.data(), seen});
    for (std::size_t at = 0; at < seen; ++at) {
      const float* value = cache.values.data() + at * width + offset;
      for (std::size_t i = 0; i < head_width; ++i)
        out[offset + i] += scores_[at] * value[i];
    }
  }
}

/// stream += down(relu(gate)^2 * up).
void Transformer::feed_forward_block(std::size_t layer, std::size_t tokens) {
  const std::size_t width = weights_.shape.width;
  const std::size_t hidden = weights_.shape.hidden;
  const LayerWeights& weights = weights_.layers[layer];
  quantise_normed({stream_.data(), tokens * width}, width, tokens);
  multiply(weights.gate, tokens, gate_);
  multiply(weights.up, tokens, hidden_);
  for (std::size_t i = 0; i < tokens * hidden; ++i) {
    const float open = std::max(gate_[i], 0.0F);
    hidden_[i] *= open * open;
  }
  quantise_normed({hidden_.data(), tokens * hidden}, hidden, tokens);
  multiply(weights.down, tokens, mixed_);
  add(stream_, {mixed_.data(), tokens * width});
}

/// RMSNorm, then 8 bits by the greatest magnitude of each token (absmax, as BitNet b1.58).
void Transformer::quantise_normed(std::span<const float> rows, std::size_t width, std::size_t tokens) {
  for (std::size_t token = 0; token < tokens; ++token) {
    const std::span<const float> x = rows.subspan(token * width, width);
    float greatest = norm_epsilon;
    for (const float value : x)
      greatest = std::max(greatest, std::abs(value));
    const float steps = quantised_max / greatest;
    std::int8_t* out = quantised_.data() + token * width;
    for (std::size_t i = 0; i < width; ++i)
      out[i] = static_cast<std::int8_t>(std::lround(x[i] * steps));
    quantised_scale_[token] = inverse_rms(x) / steps;
  }
}

/// out[token][row] = matrix[row] . quantised[token], each row unpacked once for all tokens.
void Transformer::multiply(const TernaryMatrix& matrix, std::size_t tokens, std::span<float> out) {
  const std::size_t columns = matrix.columns();
  for (std::size_t row = 0; row < matrix.rows(); ++row) {
    matrix.unpack_row(row, row_);
    for (std::size_t token = 0; token < tokens; ++token) {
      const std::int32_t sum = dot(row_.data(), quantised_.data() + token * columns, columns);
      out[token * matrix.rows() + row] = static_cast<float>(sum) * matrix.scale() * quantised_scale_[token];
    }
  }
}

/// Rotary position embedding (Su et al. 2021): pairs of a head's components turn with the token's position.
void Transformer::rotate(std::span<float> rows, std::size_t tokens) const {
  const std::size_t width = weights_.shape.width;
  const std::size_t half = width / weights_.shape.heads / 2;
  for (std::size_t token = 0; token < tokens; ++token) {
    const float* cosine = cosines_.data() + (length_ + token) * half;
    const float* sine = sines_.data() + (length_ + token) * half;
    for (std::size_t i = 0; i < width; i += 2) {
      const std::size_t pair = (i / 2) % half;
      float& x = rows[token * width + i];
      float& y = rows[token * width + i + 1];
      const float turned = x * cosine[pair] - y * sine[pair];
      y = x * sine[pair] + y * cosine[pair];
      x = turned;
    }
  }
}

TokenId argmax(std::span<const float> logits) {
  return static_cast<TokenId>(std::max_element(logits.begin(), logits.end()) - logits.begin());
}

}  // namespace perftrend::runner
