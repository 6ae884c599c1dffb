#include "core/formats/json_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "core/junit/text.h"
#include "core/text/numbers.h"
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

/// Iterator over bytes that publishes its position, because the events of the parser have none. All copies share the
/// position; the parser advances one of them.
class ByteIterator {
 public:
  using iterator_category = std::forward_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  ByteIterator(const char* at, const char** position) : at_(at), position_(position) {}
  reference operator*() const { return *at_; }
  ByteIterator& operator++() {
    *position_ = ++at_;
    return *this;
  }
  ByteIterator operator++(int) {
    ByteIterator before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const ByteIterator& a, const ByteIterator& b) { return a.at_ == b.at_; }

 private:
  const char* at_;
  const char** position_;
};

/// Without the library's own "[json.exception.parse_error.101] parse error at line 1, column 2: ".
std::string reason_of(std::string_view what) {
  const std::size_t place = what.find(": ");
  return "not JSON: " + std::string(place == std::string_view::npos ? what : what.substr(place + 2));
}

/// Builds the trees of the values of one document within the limits. Each event returns false at the first error.
class TreeBuilder final : public nlohmann::json_sax<json> {
 public:
  TreeBuilder(const junit::Text& text, const junit::ReadLimits& limits) : text_(text), limits_(limits) {}

  /// Parses the value at `*position` and moves the position to its end.
  tl::expected<json, junit::ReadError> parse(const char*& position) {
    position_ = &position;
    begin_ = position;
    const char* const end = text_.utf8.data() + text_.utf8.size();
    const bool whole = json::sax_parse(ByteIterator(begin_, &position), ByteIterator(end, &position), this,
                                       nlohmann::detail::input_format_t::json, false);
    if (!whole) return tl::unexpected(std::move(error_));
    return std::move(root_);
  }

  bool null() override { return add(nullptr, 0) != nullptr; }
  bool boolean(bool value) override { return add(value, 0) != nullptr; }
  bool number_integer(json::number_integer_t value) override { return add(value, 0) != nullptr; }
  bool number_unsigned(json::number_unsigned_t value) override { return add(value, 0) != nullptr; }
  bool number_float(json::number_float_t value, const std::string& /*written*/) override {
    return add(value, 0) != nullptr;
  }
  bool string(std::string& value) override {
    const std::size_t bytes = text_bytes + value.size();
    return add(std::move(value), bytes) != nullptr;
  }
  bool binary(json::binary_t& /*value*/) override { return false; }
  bool start_object(std::size_t /*elements*/) override { return open(json::value_t::object); }
  bool start_array(std::size_t /*elements*/) override { return open(json::value_t::array); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(std::string& name) override {
    auto& members = open_.back()->get_ref<json::object_t&>();
    const auto [member, is_new] = members.emplace(name, nullptr);
    if (!is_new) return refuse(fmt::format("an object names '{}' twice", text::shortened(name, 100)));
    member_ = &member->second;
    return spend(member_bytes + text_bytes + name.size());
  }

  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const nlohmann::detail::exception& error) override {
    const std::string_view what = error.what();
    const bool early = what.find("unexpected end of input") != std::string_view::npos ||
                       what.find("missing closing quote") != std::string_view::npos;
    const auto offset = static_cast<std::size_t>(begin_ - text_.utf8.data()) + std::max<std::size_t>(position, 1) - 1;
    error_ =
        early ? error_at("the JSON ends early", text_, text_.utf8.size()) : error_at(reason_of(what), text_, offset);
    return false;
  }

 private:
  [[nodiscard]] std::size_t offset() const { return static_cast<std::size_t>(*position_ - text_.utf8.data()); }

  bool refuse(std::string cause, const char* limit = "") {
    error_ = error_at(std::move(cause), text_, std::max<std::size_t>(offset(), 1) - 1);
    error_.limit = limit;
    error_.over_limit = !error_.limit.empty();
    return false;
  }

  bool spend(std::size_t bytes) {
    tree_bytes_ += bytes;
    if (tree_bytes_ <= limits_.tree_bytes_max) return true;
    return refuse(fmt::format("its values take more than {} bytes", limits_.tree_bytes_max), "tree_bytes_max");
  }

  /// Adds a value where the parser is; nullptr when a limit is exceeded.
  json* add(json value, std::size_t bytes) {
    if (!spend(value_bytes + bytes)) return nullptr;
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    if (open_.back()->is_array()) return &open_.back()->get_ref<json::array_t&>().emplace_back(std::move(value));
    *member_ = std::move(value);
    return member_;
  }

  bool open(json::value_t kind) {
    if (open_.size() >= limits_.depth_max) {
      return refuse(fmt::format("nested deeper than {} levels", limits_.depth_max), "depth_max");
    }
    json* const added = add(json(kind), container_bytes);
    if (added != nullptr) open_.push_back(added);
    return added != nullptr;
  }

  bool close() {
    open_.pop_back();
    return true;
  }

  const junit::Text& text_;
  const junit::ReadLimits& limits_;
  const char** position_ = nullptr;  ///< after the last byte that the parser read
  const char* begin_ = nullptr;      ///< of the value that is parsed
  json root_;
  std::vector<json*> open_;  ///< containers around the current place, the outermost first
  json* member_ = nullptr;   ///< of the innermost object, whose value comes next
  std::size_t tree_bytes_ = 0;
  junit::ReadError error_;
};

/// Makes NaN and infinities outside of texts the text no_number of the same length, so that places stay right. The
/// library refuses them.
void quote_no_numbers(std::string& text) {
  if (text.find("NaN") == std::string::npos && text.find("Infinity") == std::string::npos) return;
  const auto starts_with = [&](std::size_t at, std::string_view word) {
    return std::string_view(text).substr(at).starts_with(word);
  };
  for (std::size_t at = 0; (at = text.find_first_of("\"NI", at)) != std::string::npos; ++at) {
    if (text[at] == '"') {
      for (++at; at < text.size() && text[at] != '"'; ++at) {
        if (text[at] == '\\') ++at;
      }
      continue;
    }
    const std::size_t length = starts_with(at, "NaN") ? 3 : starts_with(at, "Infinity") ? 8 : 0;
    if (length == 0) continue;
    if (at > 0 && text[at - 1] == '-') text[at - 1] = ' ';
    std::fill_n(text.begin() + static_cast<std::ptrdiff_t>(at), length, ' ');
    text[at] = text[at + 2] = '"';
    text[at + 1] = no_number[0];
    at += length - 1;
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
  quote_no_numbers(text->utf8);
  const char* at = text->utf8.data();
  const char* const end = at + text->utf8.size();
  std::vector<json> values;
  TreeBuilder builder(*text, limits);
  while ((at = std::find_if_not(at, end, is_blank)) != end) {
    if (*at != '{' && *at != '[') {
      const auto offset = static_cast<std::size_t>(at - text->utf8.data());
      return tl::unexpected(error_at("not JSON: neither an object nor an array begins here", *text, offset));
    }
    auto value = builder.parse(at);
    if (!value) return tl::unexpected(std::move(value.error()));
    values.push_back(std::move(*value));
  }
  return values;
}

bool is_json_with_comments(std::string_view bytes) {
  constexpr std::size_t settings_bytes_max = 1U << 20U;
  const bool has_comment = bytes.find("//") != std::string_view::npos || bytes.find("/*") != std::string_view::npos;
  return has_comment && bytes.size() <= settings_bytes_max && json::accept(bytes.begin(), bytes.end(), true);
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

const json* member_of(const json& object, std::string_view member) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(member);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

std::string text_of(const json& object, std::string_view member) {
  const auto* found = member_of(object, member);
  return found != nullptr && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<double> number_of(const json& object, std::string_view member) {
  const auto* found = member_of(object, member);
  if (found == nullptr) return std::nullopt;
  if (found->is_number()) return found->get<double>();
  return found->is_string() ? text::parse_decimal(text::trim(found->get_ref<const std::string&>())) : std::nullopt;
}

std::string scalar_as_text(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.is_number() || value.is_boolean() ? value.dump() : "";
}

bool has_object(const json& object, std::string_view member) {
  const auto* found = member_of(object, member);
  return found != nullptr && found->is_object();
}

bool has_array(const json& object, std::string_view member) {
  const auto* found = member_of(object, member);
  return found != nullptr && found->is_array();
}

}  // namespace perftrend::formats
