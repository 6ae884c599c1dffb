#include "server/db/reader_pool.h"

namespace perftrend::db {

std::unique_ptr<Connection> ReaderPool::take() {
  const MutexLock lock(mutex_);
  if (idle_.empty()) return nullptr;
  auto connection = std::move(idle_.back());
  idle_.pop_back();
  return connection;
}

void ReaderPool::give_back(std::unique_ptr<Connection> connection) {
  const MutexLock lock(mutex_);
  idle_.push_back(std::move(connection));
}

void ReaderPool::drop_idle() {
  std::vector<std::unique_ptr<Connection>> broken;
  const MutexLock lock(mutex_);
  broken.swap(idle_);
}

std::unique_ptr<Connection> ReaderPool::begin_transaction() {
  if (auto connection = take()) {
    try {
      connection->execute(begin_);
      return connection;
    } catch (const Unavailable&) {
      connection.reset();
      drop_idle();
    }
  }
  auto connection = open_();
  connection->execute(begin_);
  return connection;
}

void ReaderPool::read(const Database::Work& work) {
  auto connection = begin_transaction();
  try {
    work(*connection);
    connection->execute("COMMIT");
  } catch (...) {
    const auto error = std::current_exception();
    try {
      connection->execute("ROLLBACK");
      give_back(std::move(connection));
    } catch (const std::exception&) {  // the connection is broken; the first error is reported
      connection.reset();
    }
    std::rethrow_exception(error);
  }
  give_back(std::move(connection));
}

}  // namespace perftrend::db
