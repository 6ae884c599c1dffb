#pragma once
// What a handler is given and what it gives back. A handler is a function from Request to Answer; it throws what db/
// throws, and a Problem for what the caller did wrong. Nothing here knows the network.

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
  /// Bytes that live as long as the program (embedded files), sent instead of `body`; empty: `body` is sent.
  std::string_view constant_body;
};

/// RFC 9457. Thrown by handlers; http/server makes the answer of it.
class Problem : public std::runtime_error {
 public:
  Problem(int status, std::string type, const std::string& detail)
      : std::runtime_error(detail), status_(status), type_(std::move(type)) {}

  Problem& at(std::size_t line, std::size_t column) {
    line_ = line;
    column_ = column;
    return *this;
  }
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

Problem not_found(std::string_view what);
Problem bad_parameter(std::string_view name, std::string_view cause);

/// What the caller may do: the token's scope and project, or everything where the server is open on loopback.
struct Caller {
  bool anonymous = true;  ///< no valid token was sent
  std::string name;       ///< the token's; for audit trails
  std::string project = "*";
  std::optional<store::Scope> scope;  ///< nullopt: nothing at all
  [[nodiscard]] bool may(store::Scope needed, std::string_view on_project) const {
    return scope && *scope >= needed && (project == "*" || project == on_project);
  }
};

struct Request {
  std::string method, path;
  std::vector<std::pair<std::string, std::string>> path_parameters;  ///< of the route's template, in order
  std::multimap<std::string, std::string> query;
  std::multimap<std::string, std::string> headers;  ///< names in lower case
  /// The body: one file without a name, or the files of a multipart form.
  std::vector<formats::SentFile> files;
  Caller caller;

  /// The value of a path parameter, which the route's template has.
  [[nodiscard]] const std::string& path_parameter(std::string_view name) const;
  /// The first value of a query parameter; "" where it is absent.
  [[nodiscard]] std::string query_text(const std::string& name) const;
  /// The same, else the request's header `header_name` ("perftrend-branch").
  [[nodiscard]] std::string query_or_header(const std::string& name, const std::string& header_name) const;
  /// A whole number within [low, high]; `otherwise` where it is absent. Throws a 400 Problem for anything else.
  [[nodiscard]] std::int64_t query_integer(const std::string& name, std::int64_t low, std::int64_t high,
                                           std::int64_t otherwise) const;
  [[nodiscard]] std::string header(const std::string& name) const;
};

}  // namespace perftrend::http
