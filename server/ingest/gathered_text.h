#pragma once
// The text below elements of a parsed document.

#include <pugixml.hpp>

#include <string>
#include <string_view>

#include "server/model.h"

namespace perftrend::ingest {

/// All text below `node`. Elements in it (<measurement> that was not escaped) are written as they were, so that what
/// reads output finds them either way. Starts on a new line.
void append_text_below(const pugi::xml_node& node, std::string& out);

/// Text of one or several elements: lent by the buffer the tree was parsed in where it is one piece there, which
/// it nearly always is, else joined as append_text_below does.
class GatheredText {
 public:
  void add(const pugi::xml_node& node);

  /// On a new line.
  void add(const GatheredText& other);

  [[nodiscard]] bool empty() const { return view().empty(); }

  /// Lent by that buffer or owned, never lent by this.
  [[nodiscard]] LentText text() const { return is_joined_ ? LentText(joined_) : LentText::lend(piece_); }

  /// Without blanks at its ends.
  [[nodiscard]] LentText trimmed() const;

 private:
  [[nodiscard]] std::string_view view() const { return is_joined_ ? std::string_view(joined_) : piece_; }
  void join();

  std::string_view piece_;
  std::string joined_;
  bool is_joined_ = false;
};

}  // namespace perftrend::ingest
