#include "server/db/postgres.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <optional>

#include "server/db/migrate.h"
#include "server/db/postgres_connection.h"
#include "server/db/reader_pool.h"

namespace perftrend::db {
namespace {

constexpr std::int64_t version_min = 130000;  // pg_xact_status and pg_current_xact_id

class PostgresWriteSession final : public WriteSession {
 public:
  explicit PostgresWriteSession(std::string uri) : uri_(std::move(uri)) {}

  Connection& begin() override {
    connect_if_lost();
    connection_->execute("BEGIN");
    connection_->execute(take_write_lock);
    save_transaction_id();
    return *connection_;
  }

  void abandon() noexcept override {
    try {
      if (connection_ && connection_->is_open()) connection_->execute("ROLLBACK");
    } catch (const std::exception& error) {
      spdlog::error("a rollback failed, connecting again: {}", error.what());
      connection_.reset();
    }
  }

  void commit() override { connection_->execute("COMMIT"); }

  CommitOutcome settle() override {
    abandon();
    connect_if_lost();
    // On another timeline a standby took over. It may not know the transaction and may have reused its number.
    if (timeline() != timeline_) return CommitOutcome::unknowable;
    std::string status;
    connection_->query("SELECT pg_xact_status($1::text::xid8)", {xid_},
                       [&](const Row& row) { status = row.string(0); });
    if (status == "committed") return CommitOutcome::committed;
    if (status == "aborted") return CommitOutcome::rolled_back;
    throw Unavailable(fmt::format("transaction {} of PostgreSQL has the status {}", xid_, status));
  }

 private:
  void connect_if_lost() {
    if (connection_ && connection_->is_open()) return;
    connection_.reset();
    connection_ = std::make_unique<PostgresConnection>(uri_);
  }

  std::string timeline() {
    std::string timeline;
    connection_->query("SELECT substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)", {},
                       [&](const Row& row) { timeline = row.string(0); });
    return timeline;
  }

  /// Saves the transaction number that settle() uses after a failed commit.
  void save_transaction_id() {
    connection_->query("SELECT pg_current_xact_id(), substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)", {},
                       [&](const Row& row) {
                         xid_ = row.string(0);
                         timeline_ = row.string(1);
                       });
  }

  std::string uri_;
  std::unique_ptr<PostgresConnection> connection_;
  std::string xid_, timeline_;
};

class PostgresDatabase final : public Database {
 public:
  explicit PostgresDatabase(const std::string& uri)
      : writer_(std::make_unique<PostgresWriteSession>(uri)),
        readers_([uri] { return std::make_unique<PostgresConnection>(uri); },
                 "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY") {}

  void write(const Work& work) override { writer_.write(work); }
  void read(const Work& work) override { readers_.read(work); }
  [[nodiscard]] Dialect dialect() const override { return Dialect::postgres; }
  [[nodiscard]] std::string why_not_ready() override { return probe_readiness(*this, writer_); }

 private:
  GroupCommit writer_;
  ReaderPool readers_;
};

void check(PostgresConnection& connection, const std::string& name) {
  if (const auto version = connection.require_integer("SELECT current_setting('server_version_num')::bigint");
      version < version_min) {
    throw Unusable(fmt::format("{} is PostgreSQL {}: version 13 or newer is required", name, version / 10000));
  }
  std::string encoding;
  connection.query("SHOW server_encoding", {}, [&](const Row& row) { encoding = row.string(0); });
  if (encoding != "UTF8") {
    throw Unusable(fmt::format("{} has the encoding {}: create it with ENCODING 'UTF8'", name, encoding));
  }
  const auto tables = connection.require_integer("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()");
  const auto ours = connection.require_integer(
      "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'schema_version'");
  if (tables != 0 && ours == 0) {
    throw Unusable(fmt::format("{} has tables of another program: give an empty database or schema", name));
  }
}

}  // namespace

std::unique_ptr<Database> open_postgres(const std::string& uri) {
  const std::string name = without_password(uri);
  try {
    PostgresConnection connection(uri);
    check(connection, name);
    migrate(connection, Dialect::postgres, migrations(Dialect::postgres));
  } catch (const Unavailable& error) {  // a start does not wait for the database
    throw Unusable(error.what());
  }
  return std::make_unique<PostgresDatabase>(uri);
}

std::unique_ptr<WriteSession> open_postgres_writer(const std::string& uri) {
  return std::make_unique<PostgresWriteSession>(uri);
}

}  // namespace perftrend::db
