#include "server/http/json/body_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/text/utf8.h"
#include "core/time/timestamps.h"

namespace perftrend::http {
namespace {

constexpr std::size_t body_bytes_max = 200'000;  // the longest is a policy

Json parse(const Request& request) {
  const std::string_view bytes = request.files.empty() ? std::string_view() : request.files.front().bytes;
  if (bytes.size() > body_bytes_max) {
    throw Problem(413, "over-limit", fmt::format("this body has at most {} bytes", body_bytes_max));
  }
  if (!text::is_utf8(bytes)) {
    throw Problem(400, "bad-parameter", "the body is not UTF-8");
  }
  auto json = Json::parse(bytes, nullptr, false);
  if (json.is_discarded() || !json.is_object()) throw Problem(400, "bad-parameter", "the body must be a JSON object");
  return json;
}

bool has_controls(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](unsigned char c) { return (c < 0x20 && c != '\n' && c != '\t') || c == 0x7f; });
}

}  // namespace

Body::Body(const Request& request, std::initializer_list<std::string_view> known) : Body(parse(request), known) {}

Body::Body(Json object, std::initializer_list<std::string_view> known) : json_(std::move(object)) {
  for (const auto& [name, value] : json_.items()) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      throw Problem(400, "bad-parameter", fmt::format("there is no member '{}' here", name));
    }
  }
}

const Json* Body::find(std::string_view name) const {
  const auto found = json_.find(std::string(name));
  return found == json_.end() || found->is_null() ? nullptr : &*found;
}

std::string Body::text(std::string_view name) const {
  const auto* const value = find(name);
  if (value == nullptr) return "";
  if (!value->is_string()) throw bad_parameter(name, "give a text");
  auto text = value->get<std::string>();
  if (has_controls(text)) throw bad_parameter(name, "it has control characters");
  return text;
}

std::string Body::required_text(std::string_view name) const {
  if (find(name) == nullptr) throw bad_parameter(name, "it is missing: give a text");
  return text(name);
}

std::optional<std::int64_t> Body::integer(std::string_view name) const {
  const auto* const value = find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number_integer()) throw bad_parameter(name, "give a whole number");
  return value->get<std::int64_t>();
}

bool Body::flag(std::string_view name) const {
  const auto* const value = find(name);
  if (value == nullptr) return false;
  if (!value->is_boolean()) throw bad_parameter(name, "give true or false");
  return value->get<bool>();
}

std::optional<std::int64_t> Body::time_us(std::string_view name) const {
  auto text = this->text(name);
  if (text.empty()) return std::nullopt;
  if (text.size() == std::string_view("2027-03-31").size()) text += "T23:59:59Z";
  const auto us = times::parse_time_us(text);
  if (!us) throw bad_parameter(name, "give a day (2027-03-31) or a time (RFC 3339)");
  return us;
}

Body Body::object(std::string_view name, std::initializer_list<std::string_view> known) const {
  const auto* const value = find(name);
  if (value == nullptr || !value->is_object()) throw bad_parameter(name, "give an object");
  return {*value, known};
}

Id path_id(const Request& request, std::string_view what) {
  const std::string& text = request.path_parameter("id");
  Id id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc() || end != text.data() + text.size() || id < 1) {
    throw not_found(fmt::format("{} {}", what, text));
  }
  return id;
}

}  // namespace perftrend::http
