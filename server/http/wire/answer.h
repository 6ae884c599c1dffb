#pragma once
// The two ends of a handler: a function from Request to Answer. It throws Problem for what the caller did wrong, and
// what db/sql.h says. Nothing here knows the network.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/formats/unpack.h"
#include "server/store/tokens.h"

namespace perftrend::http {

struct Answer {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  /// Bytes that live as long as the program (embedded files). They are sent instead of `body` unless they are empty.
  std::string_view constant_body;
};

/// Problem document (RFC 9457). Handlers throw it; http/server.cpp answers with it.
class Problem : public std::runtime_error {
 public:
  Problem(int status, std::string type, const std::string& detail)
      : std::runtime_error(detail), status_(status), type_(std::move(type)) {}

  /// The 1-based place in the report; line 0: unknown.
  Problem& at(std::size_t line, std::size_t column) {
    line_ = line;
    column_ = column;
    return *this;
  }
  /// The name of the limit that was exceeded.
  Problem& limit(std::string name) {
    limit_ = std::move(name);
    return *this;
  }
  [[nodiscard]] Answer answer() const;

 private:
  int status_;
  std::string type_;
  std::size_t line_ = 0, column_ = 0;
  std::string limit_;
};

/// 404: "project x does not exist".
Problem not_found(std::string_view what);
/// 400: "parameter limit: it must be a whole number from 1 to 1000".
Problem bad_parameter(std::string_view name, std::string_view cause);

/// The caller's permissions: scope and project of its token, or everything where the server is open on loopback.
struct Caller {
  std::string name;  ///< of the token; recorded in the audit trail
  std::string project = "*";
  std::optional<store::Scope> scope;  ///< nullopt: no valid token was sent
  [[nodiscard]] bool may(store::Scope required, std::string_view on_project) const {
    return scope && *scope >= required && (project == "*" || project == on_project);
  }
};

struct Request {
  std::string method, path;
  std::vector<std::pair<std::string, std::string>> path_parameters;  ///< in the order of the route's template
  std::multimap<std::string, std::string> query;
  std::multimap<std::string, std::string> headers;  ///< names in lower case
  /// The body: one file without a name, or the files of a form.
  std::vector<formats::SentFile> files;
  Caller caller;

  /// The value of a path parameter that the route's template has.
  [[nodiscard]] const std::string& path_parameter(std::string_view name) const;
  /// The first value of a query parameter; "" if it is absent.
  [[nodiscard]] std::string query_text(const std::string& name) const;
  /// The same, or if it is empty the request's header `header_name` ("perftrend-branch").
  [[nodiscard]] std::string query_or_header(const std::string& name, const std::string& header_name) const;
  /// A whole number within [low, high]; `otherwise` if it is absent. Throws the 400 Problem for anything else.
  [[nodiscard]] std::int64_t query_integer(const std::string& name, std::int64_t low, std::int64_t high,
                                           std::int64_t otherwise) const;
  /// The first value of a header; "" if it is absent.
  [[nodiscard]] std::string header(const std::string& name) const;
};

}  // namespace perftrend::http
