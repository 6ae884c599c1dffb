#pragma once
// The JSON object in the body of a request. Whatever is wrong with it is a 400 Problem that names the member.

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "server/http/wire/answer.h"

namespace perftrend::http {

class JsonBody {
 public:
  /// Parses the body, and refuses members other than `known`.
  JsonBody(const Request& request, std::initializer_list<std::string_view> known);

  /// Whether the object has the member, also if it is null.
  [[nodiscard]] bool has(std::string_view name) const;
  /// Whether the object has the member, and it is null.
  [[nodiscard]] bool is_null(std::string_view name) const;
  /// "" if the member is absent or null.
  [[nodiscard]] std::string text(std::string_view name) const;
  /// The same, but refuses a member that is absent or null.
  [[nodiscard]] std::string required_text(std::string_view name) const;
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view name) const;
  /// False if the member is absent or null.
  [[nodiscard]] bool flag(std::string_view name) const;
  /// RFC 3339, or a day, which means the end of that day.
  [[nodiscard]] std::optional<std::int64_t> time_us(std::string_view name) const;
  [[nodiscard]] JsonBody object(std::string_view name, std::initializer_list<std::string_view> known) const;

 private:
  using Json = nlohmann::ordered_json;
  JsonBody(std::shared_ptr<const Json> object, std::initializer_list<std::string_view> known);
  [[nodiscard]] const Json* find(std::string_view name) const;
  std::shared_ptr<const Json> json_;
};

}  // namespace perftrend::http
