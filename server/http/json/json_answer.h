#pragma once
// Answers whose body is one JSON object.

#include <utility>

#include "server/http/json/json_writer.h"
#include "server/http/wire/answer.h"

namespace perftrend::http {

/// `write_members(out)` writes the members of the object.
template <typename WriteMembers>
Answer json_answer(const WriteMembers& write_members, int status = 200) {
  JsonWriter out;
  out.object([&] { write_members(out); });
  Answer answer;
  answer.status = status;
  answer.body = out.finish();
  return answer;
}

}  // namespace perftrend::http
