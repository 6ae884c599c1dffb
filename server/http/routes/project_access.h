#pragma once
// What the handlers below /projects/{project} have in common: the project is looked up once, in the transaction in
// which the handler reads or writes, and the result is one JSON object.

#include <optional>
#include <string>
#include <string_view>

#include "server/db/sql.h"
#include "server/http/json/json_answer.h"
#include "server/http/routes/routes.h"
#include "server/store/runs.h"

namespace perftrend::http {

/// The project of a request within one transaction. Borrowed from the transaction and from the request.
struct ProjectAccess {
  db::Connection& connection;
  Id id = 0;
  const std::string& name;
};

/// Looks up the project that the path names. Throws the 404 Problem.
ProjectAccess require_project(db::Connection& connection, const Request& request);

/// The run that the path names by the id of any of its parts. Throws the 404 Problem.
store::Run require_run(const ProjectAccess& project, const Request& request);

/// The purpose that the query states; trend where it states none, nullopt for "all". Throws the 400 Problem.
std::optional<Purpose> read_purpose(const Request& request);

/// Replaces what a caller calls a testbed and a branch by their present names: "refs/heads/x" is x, a former name leads
/// to the new one. An empty name stays empty.
void resolve_lane(const ProjectAccess& project, std::string& testbed, std::string& branch);

/// The `id` of the path. Throws the 404 Problem if it is not an id; `noun` is what the id is of.
Id path_id(const Request& request, std::string_view noun);

/// Answers with what `write_members(project, out)` reads from one consistent snapshot.
template <typename WriteMembers>
Answer read_project(const Context& context, const Request& request, const WriteMembers& write_members) {
  Answer answer;
  context.database.read([&](db::Connection& connection) {
    const auto project = require_project(connection, request);
    answer = json_answer([&](JsonWriter& out) { write_members(project, out); });
  });
  return answer;
}

/// Answers once what `write_members(project, out)` stored is durable. Nothing is stored if it throws.
template <typename WriteMembers>
Answer write_project(const Context& context, const Request& request, const WriteMembers& write_members,
                     int status = 200) {
  Answer answer;
  context.database.write([&](db::Connection& connection) {
    const auto project = require_project(connection, request);
    answer = json_answer([&](JsonWriter& out) { write_members(project, out); }, status);
  });
  return answer;
}

/// The Problem of a request that triage refused, with its `conflict` and `cause`.
template <typename Refusal>
Problem problem_of(const Refusal& refusal) {
  return refusal.conflict ? Problem(409, "conflict", refusal.cause) : Problem(400, "bad-parameter", refusal.cause);
}

}  // namespace perftrend::http
