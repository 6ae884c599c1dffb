#pragma once
// The text below elements, gathered piece by piece.

#include <string>
#include <string_view>
#include <vector>

#include "core/junit/xml_document.h"
#include "core/model.h"

namespace perftrend::junit {

/// Text of one or several elements: lent by whoever lends its piece where it is one piece, which it nearly always is,
/// else joined. Elements in it (<measurement> that was not escaped) are written as they were, so that what reads output
/// finds them either way.
class GatheredText {
 public:
  /// Of another element: on a new line.
  void start_element();
  void add(std::string_view piece);
  void add_start_tag(std::string_view name, const std::vector<XmlAttribute>& attributes);
  void add_end_tag(std::string_view name);

  /// Another's, on a new line.
  void add(const GatheredText& other);

  [[nodiscard]] bool empty() const { return view().empty(); }
  [[nodiscard]] std::string_view view() const { return is_joined_ ? std::string_view(joined_) : piece_; }

  /// Borrowed as the piece is or owned, never lent by this.
  [[nodiscard]] text::BorrowedText text() const {
    return is_joined_ ? text::BorrowedText(joined_) : text::BorrowedText::borrow(piece_);
  }

  /// Without blanks at its ends.
  [[nodiscard]] text::BorrowedText trimmed() const;

 private:
  void join();

  std::string_view piece_;
  std::string joined_;
  bool is_joined_ = false;
};

}  // namespace perftrend::junit
