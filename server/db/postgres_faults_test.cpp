// A connection that is lost in the midst of a commit, at either side of the server's decision; a lock that is not
// given.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <list>
#include <thread>

#include "server/db/open.h"
#include "server/db/postgres_connection.h"
#include "tests/support/postgres_server.h"

namespace perftrend::db {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

namespace fs = std::filesystem;

/// Proxy between a client and PostgreSQL that closes the connection at a COMMIT on request.
class Cutter {
 public:
  enum class Cut { never, before_commit, after_commit };

  explicit Cutter(fs::path server) : server_(std::move(server)) {
    std::string pattern = (fs::temp_directory_path() / "perftrend-cut-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = pattern;
    listening_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto address = address_of(folder_ / ".s.PGSQL.5432");
    if (::bind(listening_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listening_, 16) != 0) {
      throw std::runtime_error("no socket");
    }
    accepting_ = std::thread([this] { accept_all(); });
  }
  Cutter(const Cutter&) = delete;
  Cutter& operator=(const Cutter&) = delete;
  ~Cutter() {
    ::shutdown(listening_, SHUT_RDWR);
    accepting_.join();
    for (auto& session : sessions_)
      session.join();
    ::close(listening_);
    fs::remove_all(folder_);
  }

  [[nodiscard]] const fs::path& folder() const { return folder_; }
  /// Cuts the next COMMIT and refuses connections until let_in().
  void cut(Cut where) { cut_ = where; }
  void let_in() { closed_ = false; }

 private:
  static sockaddr_un address_of(const fs::path& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.string().copy(static_cast<char*>(address.sun_path), sizeof address.sun_path - 1);
    return address;
  }

  void accept_all() {
    for (;;) {
      const int client = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
      if (client < 0) return;
      if (closed_) {
        ::close(client);
        continue;
      }
      sessions_.emplace_back([this, client] { relay(client); });
    }
  }

  void relay(int client) {
    const int server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto address = address_of(server_);
    if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) pass_on(client, server);
    ::close(server);
    ::close(client);
  }

  void pass_on(int client, int server) {
    std::array<char, 65536> bytes{};
    bool committing = false;
    for (;;) {
      std::array<pollfd, 2> ends = {pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
      if (::poll(ends.data(), ends.size(), -1) < 0) return;
      const bool from_client = ends[0].revents != 0;
      const auto count = ::read(from_client ? client : server, bytes.data(), bytes.size());
      if (count <= 0) return;
      const std::string_view message(bytes.data(), static_cast<std::size_t>(count));
      if (from_client && message.find(std::string_view("COMMIT\0", 7)) != std::string_view::npos) {
        if (cut_.exchange(cut_ == Cut::after_commit ? Cut::after_commit : Cut::never) == Cut::before_commit) {
          closed_ = true;
          return;
        }
        committing = cut_ == Cut::after_commit;
      }
      if (!from_client && committing) {  // the answer to COMMIT: it is committed, and the client does not learn it
        cut_ = Cut::never;
        closed_ = true;
        return;
      }
      if (::send(from_client ? server : client, bytes.data(), static_cast<std::size_t>(count), MSG_NOSIGNAL) != count)
        return;
    }
  }

  fs::path server_, folder_;
  int listening_ = -1;
  std::thread accepting_;
  std::list<std::thread> sessions_;  // of accepting_ alone, until it has ended
  std::atomic<Cut> cut_ = Cut::never;
  std::atomic<bool> closed_ = false;
};

class PostgresFaultsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    direct_ = tests::PostgresServer::shared().create_database();
    const auto name = direct_.substr(direct_.find(":///") + 4);
    const auto database = name.substr(0, name.find('?'));
    database_ = open_database(
        fmt::format("postgres:///{}?host={}&port=5432&user=postgres", database, cutter_.folder().string()));
    database_->write([](Connection& connection) { connection.execute("CREATE TABLE t (a BIGINT)"); });
  }
  void put(int value) {
    database_->write([&](Connection& connection) { connection.execute("INSERT INTO t VALUES ($1)", {value}); });
  }
  /// Asked past the cutter.
  std::vector<std::int64_t> stored() {
    PostgresConnection connection(direct_);
    std::vector<std::int64_t> values;
    connection.query("SELECT a FROM t ORDER BY a", {}, [&](const Row& row) { values.push_back(row.integer(0)); });
    return values;
  }
  void wait_until_ready() {
    while (!database_->why_not_ready().empty())
      std::this_thread::yield();
  }

  std::string direct_;
  Cutter cutter_{tests::PostgresServer::shared().socket()};
  std::unique_ptr<Database> database_;
};

TEST_F(PostgresFaultsTest, ACommitThatNeverArrivedIsRefusedAndItsOutcomeFoundLater) {
  cutter_.cut(Cutter::Cut::before_commit);
  EXPECT_THROW(put(1), Unavailable);
  EXPECT_THAT(database_->why_not_ready(), HasSubstr("read-only until the outcome of a commit is known"));
  EXPECT_THROW(put(2), Unavailable);
  cutter_.let_in();
  wait_until_ready();
  put(3);
  EXPECT_THAT(stored(), ElementsAre(3));
}

TEST_F(PostgresFaultsTest, ACommitWhoseAnswerIsLostIsAskedForAndAcknowledged) {
  std::thread outside;
  cutter_.cut(Cutter::Cut::after_commit);
  // The way is open again once the commit is made; the writer asks until then.
  outside = std::thread([&] {
    while (stored().empty())
      std::this_thread::yield();
    cutter_.let_in();
  });
  EXPECT_NO_THROW(put(1));
  outside.join();
  EXPECT_THAT(stored(), ElementsAre(1));
  put(2);
  EXPECT_EQ(database_->why_not_ready(), "");
  EXPECT_THAT(stored(), ElementsAre(1, 2));
}

TEST_F(PostgresFaultsTest, ReadersFindANewConnection) {
  put(1);
  const auto read = [&] {
    std::int64_t found = 0;
    database_->read([&](Connection& connection) { found = connection.require_integer("SELECT max(a) FROM t"); });
    return found;
  };
  EXPECT_EQ(read(), 1);
  PostgresConnection(direct_).execute(
      "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() "
      "AND pid <> pg_backend_pid()");
  EXPECT_EQ(read(), 1);
  EXPECT_THROW(put(2), Unavailable);  // its session was ended; what it was about to write was not written
  put(3);
  EXPECT_THAT(stored(), ElementsAre(1, 3));
}

TEST_F(PostgresFaultsTest, AWriterThatIsNotGivenTheLockIsRefusedInTime) {
  PostgresConnection other(direct_);
  other.execute("BEGIN");
  other.execute("SELECT pg_advisory_xact_lock(1885696614)");
  PostgresConnection impatient(direct_);
  impatient.execute("SET lock_timeout = '1ms'");
  impatient.execute("BEGIN");
  try {
    impatient.execute("SELECT pg_advisory_xact_lock(1885696614)");
    ADD_FAILURE() << "two writers";
  } catch (const Unavailable& error) {
    EXPECT_THAT(error.what(), HasSubstr("lock timeout"));
  }
}

}  // namespace
}  // namespace perftrend::db
