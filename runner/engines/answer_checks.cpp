#include "runner/engines/answer_checks.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <string>

namespace perftrend::runner {
namespace {

using Kind = EngineError::Kind;

constexpr std::size_t printed_bytes_max = 300;

std::string text_in(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

/// Too many requests, or a gateway or server that cannot answer yet, for example while it loads a model.
bool is_temporary(int status) {
  return status == 429 || (status >= 502 && status <= 504);
}

Kind kind_of(int status, const std::string& type, const std::string& message) {
  const auto contains = [&](std::string_view part) { return message.find(part) != std::string::npos; };
  if (type == "exceed_context_size_error" || contains("maximum context length") ||
      contains("too big compared to KV size")) {
    return Kind::context_exceeded;
  }
  if (contains("invalid tokens")) return Kind::token_out_of_vocabulary;
  if (type == "unavailable_error" || is_temporary(status)) return Kind::unavailable;
  if (status == 404 || status == 405 || status == 501) return Kind::unsupported;
  if (status >= 400 && status < 500) return Kind::bad_request;
  return Kind::failed;
}

}  // namespace

std::optional<double> figure(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number()) return std::nullopt;
  return found->get<double>();
}

std::optional<std::int64_t> count(const nlohmann::json& object, const char* name) {
  constexpr double whole_max = 9e15;  // doubles are exact up to here
  const auto value = figure(object, name);
  if (!value || !(*value >= 0) || *value > whole_max || std::floor(*value) != *value) return std::nullopt;
  return static_cast<std::int64_t>(*value);
}

EngineResult<double> stated_ms(const nlohmann::json& object, const char* name) {
  const auto value_ms = figure(object, name);
  if (!value_ms)
    return tl::unexpected(EngineError{Kind::bad_answer, fmt::format("{} is missing or not a number", name)});
  if (!std::isfinite(*value_ms) || *value_ms <= 0) {
    return tl::unexpected(EngineError{Kind::bad_answer, fmt::format("{} is {}", name, *value_ms)});
  }
  return *value_ms;
}

EngineError refusal(int status, std::string_view body) {
  const auto json = nlohmann::json::parse(body, nullptr, false);
  if (json.is_object()) return refusal_in(status, json.contains("error") ? json["error"] : json);
  const bool is_blank = body.find_first_not_of(" \t\r\n") == std::string_view::npos;
  std::string message = fmt::format("answered {}", status);
  if (!is_blank) message += fmt::format(": {}", body.substr(0, printed_bytes_max));
  return {kind_of(status, "", ""), std::move(message)};
}

EngineError refusal_in(int status, const nlohmann::json& error) {
  std::string message;
  std::string type;
  if (error.is_string()) message = error.get<std::string>();
  if (error.is_object()) {
    message = text_in(error, "message");
    if (message.empty()) message = text_in(error, "detail");
    type = text_in(error, "type");
  }
  const Kind kind = kind_of(status, type, message);
  if (message.empty()) message = error.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return {kind, fmt::format("answered {}: {}", status, message.substr(0, printed_bytes_max))};
}

}  // namespace perftrend::runner
