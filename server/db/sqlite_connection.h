#pragma once
// One SQLite session. Internal to db/; other modules open a Database (sqlite.h).

#include <SQLiteCpp/SQLiteCpp.h>

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "server/db/sql.h"

namespace perftrend::db {

/// "perf" in ASCII, in the header of the file: distinguishes our files from those of other programs.
constexpr std::int64_t application_id = 0x70657266;

enum class SqliteMode { read_write_create, read_write, read_only };

class SqliteConnection final : public Connection {
 public:
  /// Opens the file and configures the session. Throws the errors of sql.h.
  SqliteConnection(const std::filesystem::path& file, SqliteMode mode);

  using Connection::execute;
  using Connection::query;
  std::int64_t execute(std::string_view sql, Params params) override;
  void query(std::string_view sql, Params params, const std::function<void(const Row&)>& on_row) override;
  void execute_script(std::string_view sql) override;
  void append(const Columns& to, Params values) override;
  [[nodiscard]] bool in_transaction() const;
  /// For features of SQLite alone (online backup).
  SQLite::Database& handle() { return database_; }

 private:
  struct Prepared {
    SQLite::Statement statement;
    std::vector<int> index_of;       ///< index of $1, $2, … in SQLite, which numbers them by first appearance
    std::vector<std::string> texts;  ///< bound text of $1, $2, …; reused for every row
  };
  Prepared& prepare(std::string_view sql);
  static void bind(Prepared& prepared, Params params);

  SQLite::Database database_;
  struct HashOfText {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  /// Keyed by the text of the statement, which is a constant of the program.
  std::unordered_map<std::string, Prepared, HashOfText, std::equal_to<>> statements_;
};

/// Throws the error of sql.h that corresponds to the error of SQLite.
[[noreturn]] void throw_sqlite_error(const SQLite::Exception& error, std::string_view doing);

}  // namespace perftrend::db
