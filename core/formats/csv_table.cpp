#include "core/formats/csv_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/formats/text_formats.h"
#include "core/text/numbers.h"
#include "core/text/trim.h"

namespace perftrend::formats {
namespace {

constexpr std::string_view delimiters = ",;\t";

/// Lines in which a header may be: programs print what they know of the machine before it.
constexpr std::size_t head_lines_max = 40;

/// The delimiter that occurs most often in a line; ',' when none does.
char delimiter_of(std::string_view head) {
  const auto count = [&](char c) { return std::count(head.begin(), head.end(), c); };
  return *std::max_element(delimiters.begin(), delimiters.end(), [&](char a, char b) { return count(a) < count(b); });
}

/// Cuts rows off a text.
class Rows {
 public:
  Rows(std::string_view text, std::size_t offset, char delimiter) : text_(text), delimiter_(delimiter), at_(offset) {}

  /// False at the end, and when a quoted field does not end: bad_offset() is then its start.
  bool next(CsvRow& row) {
    row.clear();
    if (at_ >= text_.size()) return false;
    for (;;) {
      CsvField& field = row.emplace_back();
      field.offset = at_;
      if (!(at_ < text_.size() && text_[at_] == '"' ? read_quoted(field) : read_plain(field))) return false;
      if (at_ < text_.size() && text_[at_] == delimiter_) {
        ++at_;
        continue;
      }
      if (at_ < text_.size() && text_[at_] == '\r') ++at_;
      if (at_ < text_.size() && text_[at_] == '\n') ++at_;
      return true;
    }
  }

  [[nodiscard]] std::optional<std::size_t> bad_offset() const { return bad_; }

 private:
  bool read_plain(CsvField& field) {
    const std::size_t begin = at_;
    while (at_ < text_.size() && text_[at_] != delimiter_ && text_[at_] != '\n' && text_[at_] != '\r')
      ++at_;
    field.text = text::trim(text_.substr(begin, at_ - begin));
    return true;
  }

  bool read_quoted(CsvField& field) {
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] != '"') {
        field.text += text_[at_];
      } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
        field.text += text_[at_++];
      } else {
        ++at_;
        const bool ends = at_ == text_.size() || text_[at_] == delimiter_ || text_[at_] == '\n' || text_[at_] == '\r';
        if (!ends) bad_ = at_;
        return ends;
      }
    }
    bad_ = field.offset;
    return false;
  }

  std::string_view text_;
  char delimiter_;
  std::size_t at_;
  std::optional<std::size_t> bad_;
};

/// Where a header begins, and what is before it.
struct HeaderPlace {
  std::size_t offset = 0;
  std::size_t lines_before = 0;
  char delimiter = ',';
};

bool has_number(const CsvRow& row, char delimiter) {
  return std::any_of(row.begin(), row.end(), [&](const CsvField& field) {
    return text::parse_decimal(with_decimal_point(field.text, delimiter)).has_value();
  });
}

std::optional<HeaderPlace> find_header(std::string_view text, IsCsvHeader is_header) {
  HeaderPlace place;
  for (std::size_t line = 0; line < head_lines_max && place.offset < text.size(); ++line) {
    const std::size_t end = std::min(text.find('\n', place.offset), text.size());
    const std::string_view head = text.substr(place.offset, end - place.offset);
    place.delimiter = delimiter_of(head);
    CsvRow row;
    if (head.find(place.delimiter) != std::string_view::npos && Rows(head, 0, place.delimiter).next(row) &&
        is_header(row)) {
      CsvRow next;
      const bool follows = Rows(text, end + 1, place.delimiter).next(next) && next.size() == row.size();
      if (place.lines_before == 0 || (follows && has_number(next, place.delimiter))) return place;
    }
    if (!text::trim(head).empty()) ++place.lines_before;
    place.offset = end + 1;
  }
  return std::nullopt;
}

junit::ReadError error_at(std::string cause, const junit::Text& text, std::size_t offset) {
  junit::ReadError error;
  error.cause = std::move(cause);
  junit::set_place(error, text.utf8, offset, text.mark_bytes);
  return error;
}

}  // namespace

std::string csv_column_name(const CsvField& field) {
  std::string lower(text::trim(field.text));
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  }
  return lower;
}

std::ptrdiff_t csv_column(const CsvRow& header, std::string_view lower_case_name) {
  const auto found = std::find_if(header.begin(), header.end(), [&](const CsvField& field) {
    return field.text.size() < 64 && csv_column_name(field) == lower_case_name;
  });
  return found == header.end() ? -1 : found - header.begin();
}

bool has_csv_header(std::string_view text, IsCsvHeader is_header) {
  return find_header(text, is_header).has_value();
}

tl::expected<CsvTable, junit::ReadError> read_csv_table(const junit::Text& text, IsCsvHeader is_header,
                                                        const junit::ReadLimits& limits) {
  CsvTable table;
  const auto place = find_header(text.utf8, is_header);
  if (!place) return tl::unexpected(error_at("no line names columns", text, 0));
  table.delimiter = place->delimiter;
  table.lines_before = place->lines_before;
  Rows rows(text.utf8, place->offset, place->delimiter);
  rows.next(table.header);
  std::size_t bytes = 0;
  CsvRow row;
  while (rows.next(row)) {
    if (row.size() == 1 && row[0].text.empty()) continue;
    for (const CsvField& field : row)
      bytes += sizeof(CsvField) + field.text.size();
    if (bytes > limits.tree_bytes_max) {
      auto error =
          error_at(fmt::format("its fields take more than {} bytes", limits.tree_bytes_max), text, row[0].offset);
      error.over_limit = true;
      error.limit = "tree_bytes_max";
      return tl::unexpected(std::move(error));
    }
    if (row.size() != table.header.size()) {
      return tl::unexpected(
          error_at(fmt::format("this row has {} fields, the header has {}", row.size(), table.header.size()), text,
                   row[0].offset));
    }
    table.rows.push_back(std::move(row));
  }
  if (rows.bad_offset()) {
    return tl::unexpected(error_at("a quoted field does not end, or text follows its end", text, *rows.bad_offset()));
  }
  return table;
}

std::string with_decimal_point(std::string_view number, char delimiter) {
  std::string text(number);
  if (delimiter == ';' && text.find('.') == std::string::npos && std::count(text.begin(), text.end(), ',') == 1) {
    std::replace(text.begin(), text.end(), ',', '.');
  }
  return text;
}

}  // namespace perftrend::formats
