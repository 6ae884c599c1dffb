#pragma once
// A JSON body and its members; whatever is wrong is a 400 Problem that names the member.

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "server/http/json/json.h"
#include "server/http/wire/answer.h"

namespace perftrend::http {

class Body {
 public:
  /// The request's body, an object that has no members but `known`.
  Body(const Request& request, std::initializer_list<std::string_view> known);
  Body(Json object, std::initializer_list<std::string_view> known);

  /// "" where it is absent or null.
  [[nodiscard]] std::string text(std::string_view name) const;
  /// As text(), but absent or null is a fault.
  [[nodiscard]] std::string required_text(std::string_view name) const;
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view name) const;
  [[nodiscard]] bool flag(std::string_view name) const;
  /// RFC 3339, or a day, which is meant to its end.
  [[nodiscard]] std::optional<std::int64_t> time_us(std::string_view name) const;
  [[nodiscard]] Body object(std::string_view name, std::initializer_list<std::string_view> known) const;

 private:
  [[nodiscard]] const Json* find(std::string_view name) const;
  Json json_;
};

/// The id of a path parameter; a 404 Problem that calls it `what` for anything that is none.
Id path_id(const Request& request, std::string_view what);

}  // namespace perftrend::http
