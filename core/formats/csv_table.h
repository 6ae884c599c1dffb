#pragma once
// CSV as a table (RFC 4180): fields separated by ',', ';' or tab, quoted or not. Linear in the bytes. Pure; safe from
// any thread.

#include <tl/expected.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/junit/junit_reader.h"
#include "core/junit/limits.h"
#include "core/junit/text.h"

namespace perftrend::formats {

/// One field, with doubled quotes joined.
struct CsvField {
  std::string text;
  std::size_t offset = 0;  ///< of its first byte in the text
};
using CsvRow = std::vector<CsvField>;

struct CsvTable {
  char delimiter = ',';
  std::size_t lines_before = 0;  ///< lines of other text before the header
  CsvRow header;
  std::vector<CsvRow> rows;  ///< each has as many fields as the header; rows of one empty field are left out
};

/// Place of a column: -1 when the table has none of this name. Case and blanks around it do not matter.
std::ptrdiff_t csv_column(const CsvRow& header, std::string_view lower_case_name);

/// Name of a column in lower case, without blanks around it.
std::string csv_column_name(const CsvField& field);

/// A test whether a row names columns.
using IsCsvHeader = bool (*)(const CsvRow& row);

/// True when one of the first lines is a header. After the first line, which is enough alone, a row of as many fields
/// with a number in it must follow: prose has commas too.
bool has_csv_header(std::string_view text, IsCsvHeader is_header);

/// The table whose header has_csv_header found. Refuses a row of another length and a quote that does not end.
tl::expected<CsvTable, junit::ReadError> read_csv_table(const junit::Text& text, IsCsvHeader is_header,
                                                        const junit::ReadLimits& limits);

/// A number of a field as JSON and other formats write it. A comma is the decimal separator where it does not separate
/// fields, unless the number has a point too.
std::string with_decimal_point(std::string_view number, char delimiter);

}  // namespace perftrend::formats
