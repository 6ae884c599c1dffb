#include "core/formats/json_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "core/junit/text.h"
#include "core/text/warnings.h"

namespace perftrend::formats {
namespace {

using nlohmann::json;

/// What the parts of a tree cost at most (nlohmann::json: 16 bytes a value, vectors grow by doubling, objects are
/// trees of nodes), with the allocator's share.
constexpr std::size_t value_bytes = 2 * sizeof(json);
constexpr std::size_t member_bytes = 128;
constexpr std::size_t container_bytes = 96;
constexpr std::size_t text_bytes = 64;

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

junit::ReadError error_at(std::string cause, const junit::Text& text, std::size_t offset) {
  junit::ReadError error;
  error.cause = std::move(cause);
  junit::set_place(error, text.utf8, std::min(offset, text.utf8.size()), text.mark_bytes);
  return error;
}

junit::ReadError over(std::string limit, std::string cause, const junit::Text& text, std::size_t offset) {
  auto error = error_at(std::move(cause), text, offset);
  error.over_limit = true;
  error.limit = std::move(limit);
  return error;
}

/// One pass over the text without memory: where each value of the document begins and ends, whether the whole keeps
/// the limits, and NaN and infinities made texts of the same length, so that places stay right. What is wrong in other
/// ways is left for the parser to find.
class Scan {
 public:
  Scan(junit::Text& text, const junit::ReadLimits& limits) : text_(text), bytes_(text.utf8), limits_(limits) {}

  tl::expected<std::vector<std::pair<std::size_t, std::size_t>>, junit::ReadError> run() {
    for (at_ = 0; at_ < bytes_.size();) {
      step();
      if (tree_bytes_ > limits_.tree_bytes_max) {
        return tl::unexpected(over(
            "tree_bytes_max", fmt::format("its values take more than {} bytes", limits_.tree_bytes_max), text_, at_));
      }
      if (depth_ > limits_.depth_max) {
        return tl::unexpected(
            over("depth_max", fmt::format("nested deeper than {} levels", limits_.depth_max), text_, at_ - 1));
      }
      if (values_.size() > limits_.cases_max) {
        return tl::unexpected(
            over("cases_max", fmt::format("there are more than {} values", limits_.cases_max), text_, at_ - 1));
      }
    }
    if (depth_ > 0) return tl::unexpected(error_at("the JSON ends early", text_, bytes_.size()));
    if (is_open_) close(bytes_.size());
    return std::move(values_);
  }

 private:
  void step() {
    const char c = bytes_[at_];
    if (is_blank(c)) {
      if (depth_ == 0 && is_open_) close(at_);
      ++at_;
      return;
    }
    if (depth_ == 0 && !is_open_) {
      begin_ = at_;
      is_open_ = true;
    }
    switch (c) {
      case '"':
        skip_string();
        return;
      case '{':
      case '[':
        ++depth_;
        tree_bytes_ += container_bytes + value_bytes;
        break;
      case '}':
      case ']':
        if (depth_ > 0 && --depth_ == 0) close(at_ + 1);
        break;
      case ',':
        tree_bytes_ += value_bytes;
        break;
      case ':':
        tree_bytes_ += member_bytes;
        break;
      case 'N':
      case 'I':
      case '-':
        replace_no_number();
        return;
      default:
        break;
    }
    ++at_;
  }

  void close(std::size_t end) {
    values_.emplace_back(begin_, end);
    is_open_ = false;
  }

  void skip_string() {
    const std::size_t begin = at_++;
    while (at_ < bytes_.size() && bytes_[at_] != '"')
      at_ += bytes_[at_] == '\\' ? 2U : 1U;
    at_ = std::min(at_ + 1, bytes_.size());
    tree_bytes_ += text_bytes + (at_ - begin);
  }

  void replace_no_number() {
    constexpr std::array<std::string_view, 4> words = {"-Infinity", "Infinity", "-NaN", "NaN"};
    const std::string_view rest = std::string_view(bytes_).substr(at_);
    const auto* found = std::find_if(words.begin(), words.end(), [&](auto word) { return rest.starts_with(word); });
    if (depth_ == 0 || found == words.end()) {
      ++at_;
      return;
    }
    std::fill_n(bytes_.begin() + static_cast<std::ptrdiff_t>(at_), found->size(), ' ');
    bytes_[at_] = bytes_[at_ + 2] = '"';
    bytes_[at_ + 1] = no_number[0];
    at_ += found->size();
    tree_bytes_ += text_bytes;
  }

  junit::Text& text_;
  std::string& bytes_;
  const junit::ReadLimits& limits_;
  std::vector<std::pair<std::size_t, std::size_t>> values_;
  std::size_t at_ = 0, begin_ = 0, depth_ = 0, tree_bytes_ = 0;
  bool is_open_ = false;  ///< inside a value
};

/// Without the library's own "[json.exception.parse_error.101] parse error at line 1, column 2: ".
std::string reason_of(const std::string& what) {
  const std::size_t place = what.find(": ");
  return "not JSON: " + (place == std::string::npos ? what : what.substr(place + 2));
}

tl::expected<json, junit::ReadError> parse(const junit::Text& text, std::size_t begin, std::size_t end) {
  std::vector<std::set<std::string>> open;  // names of the members so far of every open object
  std::string twice;
  const auto see = [&](int, json::parse_event_t event, json& parsed) {
    if (event == json::parse_event_t::object_start) open.emplace_back();
    if (event == json::parse_event_t::object_end) open.pop_back();
    if (event == json::parse_event_t::key && twice.empty() &&
        !open.back().insert(parsed.get_ref<const std::string&>()).second) {
      twice = parsed.get<std::string>();
    }
    return true;
  };
  try {
    const auto* bytes = text.utf8.data();
    auto value = json::parse(bytes + begin, bytes + end, see);
    if (twice.empty()) return value;
    return tl::unexpected(
        error_at(fmt::format("an object names '{}' twice", text::shortened(twice, 100)), text, begin));
  } catch (const json::parse_error& error) {
    return tl::unexpected(error_at(reason_of(error.what()), text, begin + std::max<std::size_t>(error.byte, 1) - 1));
  } catch (const json::out_of_range& error) {  // a number no double can hold
    return tl::unexpected(error_at(reason_of(error.what()), text, begin));
  }
}

}  // namespace

bool looks_like_json(std::string_view bytes) {
  for (const char c : bytes.substr(0, 64 * 1024)) {
    // Byte order marks, and the zeros of UTF-16.
    const bool mark = c == '\xEF' || c == '\xBB' || c == '\xBF' || c == '\xFF' || c == '\xFE' || c == '\0';
    if (!mark && !is_blank(c)) return c == '{' || c == '[';
  }
  return false;
}

tl::expected<std::vector<json>, junit::ReadError> read_json(std::string_view bytes, const junit::ReadLimits& limits) {
  auto text = junit::to_utf8(bytes, limits);
  if (!text) return tl::unexpected(std::move(text.error()));
  const auto places = Scan(*text, limits).run();
  if (!places) return tl::unexpected(places.error());
  std::vector<json> values;
  values.reserve(places->size());
  for (const auto& [begin, end] : *places) {
    auto value = parse(*text, begin, end);
    if (!value) return tl::unexpected(std::move(value.error()));
    values.push_back(std::move(*value));
  }
  return values;
}

std::string numbers_as_text(const json& value, std::string_view unit) {
  if (value.is_number()) return fmt::format("{}{}", value.get<double>(), unit);
  if (value.is_string()) return value.get_ref<const std::string&>() == no_number ? "NaN" : "";
  if (!value.is_array()) return "";
  std::string text;
  for (const auto& element : value) {
    if (element.is_array()) return "";
    const auto one = numbers_as_text(element, unit);
    if (one.empty()) return "";
    if (!text.empty()) text += ' ';
    text += one;
  }
  return text;
}

std::string text_of(const json& object, const char* member) {
  const auto found = object.find(member);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace perftrend::formats
