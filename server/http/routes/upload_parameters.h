#pragma once
// Parameters of an upload: of the query, of a form's fields, or as headers "Perftrend-NAME".

#include <optional>
#include <string>
#include <string_view>

#include "server/http/wire/answer.h"
#include "server/intake/intake.h"

namespace perftrend::http {

/// The upload that the request states; takes its files. A query parameter or a header "Perftrend-…" that is not known
/// gives a warning of the upload. Throws the 400 Problem where its name is nearly a known one: the run would be filed
/// in the wrong place.
intake::Upload read_upload(Request& request);

/// The known parameter that `name` misspells; nullopt where it is not close to any.
std::optional<std::string_view> find_misspelt(std::string_view name);

}  // namespace perftrend::http
