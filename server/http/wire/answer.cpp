#include "server/http/wire/answer.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <charconv>
#include <cstdlib>

namespace perftrend::http {
namespace {

std::string_view title_of(int status) {
  switch (status) {
    case 400:
      return "Bad request";
    case 401:
      return "Token required";
    case 403:
      return "Not allowed";
    case 404:
      return "Not found";
    case 405:
      return "Method not allowed";
    case 408:
      return "Request timeout";
    case 409:
      return "Conflict";
    case 413:
      return "Limit exceeded";
    case 415:
      return "Unsupported encoding";
    case 422:
      return "Unprocessable content";
    case 431:
      return "Request header too large";
    case 503:
      return "Unavailable";
    default:
      return "Internal error";
  }
}

}  // namespace

Answer Problem::answer() const {
  nlohmann::ordered_json body = {
      {"type", type_}, {"title", title_of(status_)}, {"status", status_}, {"detail", what()}};
  if (line_ != 0) {
    body["line"] = line_;
    body["column"] = column_;
  }
  if (!limit_.empty()) body["limit"] = limit_;
  Answer answer;
  answer.status = status_;
  answer.content_type = "application/problem+json";
  answer.body = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  if (status_ == 401) answer.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"perftrend\"");
  if (status_ == 415) answer.headers.emplace_back("Accept-Encoding", "gzip, deflate, zstd, identity");  // RFC 7694
  if (status_ == 503) answer.headers.emplace_back("Retry-After", "5");
  return answer;
}

Problem not_found(std::string_view what) {
  return {404, "not-found", fmt::format("{} does not exist", what)};
}

Problem bad_parameter(std::string_view name, std::string_view cause) {
  return {400, "bad-parameter", fmt::format("parameter {}: {}", name, cause)};
}

const std::string& Request::path_parameter(std::string_view name) const {
  for (const auto& [key, value] : path_parameters) {
    if (key == name) return value;
  }
  std::abort();  // the handler reads a parameter that its route does not have
}

std::string Request::query_text(const std::string& name) const {
  const auto found = query.find(name);
  return found == query.end() ? "" : found->second;
}

std::string Request::query_or_header(const std::string& name, const std::string& header_name) const {
  const auto text = query_text(name);
  return text.empty() ? header(header_name) : text;
}

std::int64_t Request::query_integer(const std::string& name, std::int64_t low, std::int64_t high,
                                    std::int64_t otherwise) const {
  const auto found = query.find(name);
  if (found == query.end()) return otherwise;
  const std::string& text = found->second;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < low || value > high) {
    throw bad_parameter(name, fmt::format("it must be a whole number from {} to {}", low, high));
  }
  return value;
}

std::string Request::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

}  // namespace perftrend::http
