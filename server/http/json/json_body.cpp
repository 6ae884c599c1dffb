#include "server/http/json/json_body.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

#include "core/text/utf8.h"
#include "core/time/timestamps.h"

namespace perftrend::http {
namespace {

constexpr std::size_t body_bytes_max = 200'000;  // the longest is a policy

std::shared_ptr<const nlohmann::ordered_json> parse(const Request& request) {
  const std::string_view bytes = request.files.empty() ? std::string_view() : request.files.front().bytes;
  if (bytes.size() > body_bytes_max) {
    throw Problem(413, "over-limit", fmt::format("the body of this request may have at most {} bytes", body_bytes_max));
  }
  if (!text::is_utf8(bytes)) {
    throw Problem(400, "bad-parameter", "the body is not UTF-8");
  }
  auto json = nlohmann::ordered_json::parse(bytes, nullptr, false);
  if (json.is_discarded() || !json.is_object()) throw Problem(400, "bad-parameter", "the body must be a JSON object");
  return std::make_shared<const nlohmann::ordered_json>(std::move(json));
}

bool has_controls(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](unsigned char c) { return (c < 0x20 && c != '\n' && c != '\t') || c == 0x7f; });
}

}  // namespace

JsonBody::JsonBody(const Request& request, std::initializer_list<std::string_view> known)
    : JsonBody(parse(request), known) {}

JsonBody::JsonBody(std::shared_ptr<const Json> object, std::initializer_list<std::string_view> known)
    : json_(std::move(object)) {
  for (const auto& [name, value] : json_->items()) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      throw Problem(400, "bad-parameter",
                    fmt::format("unknown member '{}': the members are {}", name, fmt::join(known, ", ")));
    }
  }
}

const JsonBody::Json* JsonBody::find(std::string_view name) const {
  const auto found = json_->find(std::string(name));
  return found == json_->end() || found->is_null() ? nullptr : &*found;
}

bool JsonBody::has(std::string_view name) const {
  return json_->contains(std::string(name));
}

bool JsonBody::is_null(std::string_view name) const {
  return has(name) && find(name) == nullptr;
}

std::string JsonBody::text(std::string_view name) const {
  const auto* const value = find(name);
  if (value == nullptr) return "";
  if (!value->is_string()) throw bad_parameter(name, "it must be text");
  auto text = value->get<std::string>();
  if (has_controls(text)) throw bad_parameter(name, "it contains control characters");
  return text;
}

std::string JsonBody::required_text(std::string_view name) const {
  if (find(name) == nullptr) throw bad_parameter(name, "it is missing");
  return text(name);
}

std::optional<std::int64_t> JsonBody::integer(std::string_view name) const {
  const auto* const value = find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number_integer()) throw bad_parameter(name, "it must be a whole number");
  return value->get<std::int64_t>();
}

bool JsonBody::flag(std::string_view name) const {
  const auto* const value = find(name);
  if (value == nullptr) return false;
  if (!value->is_boolean()) throw bad_parameter(name, "it must be true or false");
  return value->get<bool>();
}

std::optional<std::int64_t> JsonBody::time_us(std::string_view name) const {
  auto text = this->text(name);
  if (text.empty()) return std::nullopt;
  if (text.size() == std::string_view("2027-03-31").size()) text += "T23:59:59Z";
  const auto us = times::parse_time_us(text);
  if (!us) throw bad_parameter(name, "it must be a day (2027-03-31) or an RFC 3339 time (2027-03-31T12:00:00Z)");
  return us;
}

JsonBody JsonBody::object(std::string_view name, std::initializer_list<std::string_view> known) const {
  const auto* const value = find(name);
  if (value == nullptr || !value->is_object()) throw bad_parameter(name, "it must be an object");
  return {std::make_shared<const Json>(*value), known};
}

}  // namespace perftrend::http
