#pragma once
// Text of elements, collected piece by piece.

#include <string>
#include <string_view>
#include <vector>

#include "core/junit/xml_document.h"
#include "core/model.h"

namespace perftrend::junit {

/// Text of one or several elements. It is borrowed when it is a single piece, which is the usual case, else joined.
/// Nested elements (a <measurement> that was not escaped) are written as they were, so that metrics in output are found
/// either way.
class CollectedText {
 public:
  /// Starts the text of another element on a new line.
  void start_element();
  void add(std::string_view piece);
  void add_start_tag(std::string_view name, const std::vector<XmlAttribute>& attributes);
  void add_end_tag(std::string_view name);

  /// Appends other text on a new line.
  void add(const CollectedText& other);

  [[nodiscard]] bool empty() const { return view().empty(); }
  [[nodiscard]] std::string_view view() const { return is_joined_ ? std::string_view(joined_) : piece_; }

  /// Borrows from the owner of the piece, or owns the joined text. Never borrows from this object.
  [[nodiscard]] text::BorrowedText text() const {
    return is_joined_ ? text::BorrowedText(joined_) : text::BorrowedText::borrow(piece_);
  }

  /// As text(), without blanks at its ends.
  [[nodiscard]] text::BorrowedText trimmed() const;

 private:
  void join();

  std::string_view piece_;
  std::string joined_;
  bool is_joined_ = false;
};

}  // namespace perftrend::junit
