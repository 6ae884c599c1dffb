#pragma once
// What the handlers of corrections have in common. Corrections use transactions of their own, so the project is looked
// up before the first one.

#include <type_traits>
#include <utility>

#include "server/corrections/correction.h"
#include "server/http/json/json_body.h"
#include "server/http/routes/project_access.h"

namespace perftrend::http {

corrections::Site site_of(const Context& context);

/// The project that the path names. Throws the 404 Problem.
corrections::ProjectRef require_project_ref(const Context& context, const Request& request);

/// The caller, with the note of the query or of the body.
corrections::Person person_of(const Request& request);
corrections::Person person_of(const Request& request, const JsonBody& body);

/// Throws the Problem of a refusal.
[[noreturn]] void throw_problem_of(const corrections::CorrectionRefusal& refusal);

/// The value of a correction that was made. Throws the Problem of one that was refused.
template <typename T>
T require_done(corrections::Result<T> result) {
  if (!result) throw_problem_of(result.error());
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

}  // namespace perftrend::http
