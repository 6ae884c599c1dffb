#pragma once
// Borrowed values: rows of numbers, and texts, that are either owned or borrowed from an owner that lives longer. A
// report has millions of them; memory of their own for each would cost more than reading it.

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

/// Immutable row of T that converts to std::vector and std::span. It owns a copy unless it was made by borrow(). The
/// caller of borrow() makes sure that the owner lives longer. A copy always owns; a moved row is as the original was.
/// Reading from several threads is safe, assignment is not.
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
  /// Copies a borrowed row into memory of its own.
  void own() {
    if (empty()) return;
    T* const copy = new T[size()];
    std::copy(begin(), end(), copy);
    data_ = copy;
    ++size_twice_;
  }

  const T* data_ = nullptr;
  std::size_t size_twice_ = 0;  ///< odd when owned; in one word, because there are millions
};

/// Text that is borrowed or owned. Converts to std::string and std::string_view.
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

  /// Borrows the same text from the same owner; copies a text that is owned.
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
