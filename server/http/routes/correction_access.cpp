#include "server/http/routes/correction_access.h"

namespace perftrend::http {

corrections::Site site_of(const Context& context) {
  return {context.database, context.policies};
}

corrections::ProjectRef require_project_ref(const Context& context, const Request& request) {
  corrections::ProjectRef project;
  context.database.read([&](db::Connection& connection) {
    const auto found = require_project(connection, request);
    project = {found.id, found.name};
  });
  return project;
}

corrections::Person person_of(const Request& request) {
  return {request.caller.name, request.query_text("note")};
}

corrections::Person person_of(const Request& request, const JsonBody& body) {
  return {request.caller.name, body.text("note")};
}

void throw_problem_of(const corrections::CorrectionRefusal& refusal) {
  using Kind = corrections::CorrectionRefusal::Kind;
  switch (refusal.kind) {
    case Kind::not_found:
      throw not_found(refusal.cause);
    case Kind::conflict:
      throw Problem(409, "conflict", refusal.cause);
    case Kind::bad_request:
      break;
  }
  throw Problem(400, "bad-parameter", refusal.cause);
}

}  // namespace perftrend::http
