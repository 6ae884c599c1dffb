#pragma once
// Text and numbers of which there are so many that each having its own memory would cost more than reading them: a
// value that is lent by whoever has it already, or owned.

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace perftrend::text {

/// An immutable row of T, otherwise the std::vector or std::span it converts to: owned, unless made by borrow().
/// Whoever lends sees to it that the lender lives longer; a copy always owns, a moved one is what the original was. Not
/// safe to assign to from two threads, like any value.
template <typename T>
class Borrowed {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  using value_type = T;
  using const_iterator = const T*;

  Borrowed() = default;
  explicit Borrowed(std::span<const T> row) : data_(row.data()), size_twice_(row.size() * 2) { own(); }
  Borrowed(const std::vector<T>& row) : Borrowed(std::span<const T>(row)) {}
  Borrowed(std::initializer_list<T> row) : Borrowed(std::span<const T>(row.begin(), row.size())) {}

  static Borrowed borrow(std::span<const T> row) {
    Borrowed made;
    made.data_ = row.data();
    made.size_twice_ = row.size() * 2;
    return made;
  }

  Borrowed(const Borrowed& other) : Borrowed(std::span<const T>(other.data(), other.size())) {}
  Borrowed(Borrowed&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_twice_(std::exchange(other.size_twice_, 0)) {}
  Borrowed& operator=(const Borrowed& other) {
    if (this != &other) *this = Borrowed(other);
    return *this;
  }
  Borrowed& operator=(Borrowed&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_twice_, other.size_twice_);
    return *this;
  }
  ~Borrowed() {
    if (is_owned()) delete[] data_;
  }

  [[nodiscard]] bool is_owned() const { return size_twice_ % 2 == 1; }
  [[nodiscard]] const T* data() const { return data_; }
  [[nodiscard]] std::size_t size() const { return size_twice_ / 2; }
  [[nodiscard]] bool empty() const { return size() == 0; }
  [[nodiscard]] const T* begin() const { return data_; }
  [[nodiscard]] const T* end() const { return data_ + size(); }
  const T& operator[](std::size_t i) const { return data_[i]; }
  operator std::vector<T>() const { return {begin(), end()}; }

  friend bool operator==(const Borrowed& row, std::span<const T> other) {
    return std::equal(row.begin(), row.end(), other.begin(), other.end());
  }

 private:
  /// Makes what is lent this one's own.
  void own() {
    if (empty()) return;
    T* const copy = new T[size()];
    std::copy(begin(), end(), copy);
    data_ = copy;
    ++size_twice_;
  }

  const T* data_ = nullptr;
  std::size_t size_twice_ = 0;  ///< odd when owned; one word, for there are millions of these
};

/// Text that is lent or owned; otherwise it serves as the std::string or std::string_view it converts to.
class BorrowedText {
 public:
  BorrowedText() = default;
  BorrowedText(std::string_view text) : row_(std::span(text.data(), text.size())) {}
  BorrowedText(const std::string& text) : BorrowedText(std::string_view(text)) {}
  BorrowedText(const char* text) : BorrowedText(std::string_view(text)) {}

  static BorrowedText borrow(std::string_view text) {
    BorrowedText made;
    made.row_ = Borrowed<char>::borrow({text.data(), text.size()});
    return made;
  }

  /// The same text lent on by the same lender, or a copy of what is owned.
  [[nodiscard]] BorrowedText share() const { return is_owned() ? *this : borrow(view()); }

  [[nodiscard]] bool is_owned() const { return row_.is_owned(); }
  [[nodiscard]] std::string_view view() const { return {row_.data(), row_.size()}; }
  operator std::string_view() const { return view(); }
  operator std::string() const { return std::string(view()); }
  [[nodiscard]] std::size_t size() const { return row_.size(); }
  [[nodiscard]] bool empty() const { return row_.empty(); }

  template <typename Other>
  requires std::is_convertible_v<const Other&, std::string_view>
  friend bool operator==(const BorrowedText& text, const Other& other) {
    return text.view() == std::string_view(other);
  }
  friend std::ostream& operator<<(std::ostream& out, const BorrowedText& text) { return out << text.view(); }

 private:
  Borrowed<char> row_;
};

}  // namespace perftrend::text
