#pragma once
// The parts of a multipart/form-data body (RFC 7578).

#include <tl/expected.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace perftrend::http {

struct FormPart {
  std::string name;
  std::string file_name;  ///< "": the part has no file name, it is a field
  std::string content_type;
  std::string_view bytes;  ///< a part of the body
};

struct FormError {
  bool too_many_parts = false;
  std::string cause;
};

/// The boundary in a Content-Type. Nothing: it is not the type of a form. "": it is, but has no boundary.
std::optional<std::string> form_boundary(std::string_view content_type);

/// Splits the body of a form into its parts. Refuses a body that is malformed or has no end.
tl::expected<std::vector<FormPart>, FormError> split_form(std::string_view body, std::string_view boundary,
                                                          std::size_t parts_max);

}  // namespace perftrend::http
