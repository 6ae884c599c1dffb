// A program that acts as an inference server which loads, works, hangs or dies:
//   starting_server PORT [refusals=N] [dies_loading=SIGNAL] [dies_completing=N] [stalls]
// It answers llama-server's paths and OpenAI's stream. dies_loading: after the refusals, instead of becoming ready.
// dies_completing: in the middle of the Nth answer, by SIGKILL.
#include <httplib.h>

#include <atomic>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <string>
#include <string_view>

namespace {

struct Behaviour {
  int refusals = 0;
  int dies_loading = 0;
  int dies_completing = 0;
  bool stalls = false;
};

int number_after(std::string_view argument, std::string_view name) {
  return argument.starts_with(name) ? std::atoi(std::string(argument.substr(name.size())).c_str()) : 0;
}

const char* const completion =
    R"({"content":"ab","tokens_evaluated":4,"truncated":false,"stop_type":"limit","timings":)"
    R"({"cache_n":0,"prompt_n":4,"prompt_ms":0.001,"predicted_n":2,"predicted_ms":0.001}})";

void answer_health(httplib::Server& server, const Behaviour& behaviour) {
  server.Get("/health", [&, requests = 0](const httplib::Request&, httplib::Response& response) mutable {
    if (requests++ < behaviour.refusals) {
      response.status = 503;
      response.set_content(R"({"error":{"message":"Loading model","type":"unavailable_error","code":503}})",
                           "application/json");
      return;
    }
    if (behaviour.dies_loading != 0) {
      std::cerr << "out of memory" << std::endl;
      ::raise(behaviour.dies_loading);
    }
    response.set_content(R"({"status":"ok"})", "application/json");
  });
}

void answer_completion(httplib::Server& server, const Behaviour& behaviour) {
  server.Post("/completion", [&, requests = 0](const httplib::Request& request, httplib::Response& response) mutable {
    if (behaviour.stalls) {
      std::mutex mutex;
      std::unique_lock lock(mutex);
      std::condition_variable never;
      never.wait(lock, [] { return false; });
    }
    if (request.body.find("\"prompt\":[100]") != std::string::npos) {  // the first id outside the vocabulary
      response.status = 400;
      response.set_content(R"({"error":{"code":400,"message":"Prompt contains invalid tokens"}})", "application/json");
      return;
    }
    if (++requests != behaviour.dies_completing) {
      response.set_content(completion, "application/json");
      return;
    }
    response.set_content_provider(1000, "application/json", [](std::size_t, std::size_t, httplib::DataSink& sink) {
      sink.write("{\"content\":", 11);
      ::raise(SIGKILL);
      return false;
    });
  });
}

/// OpenAI's stream: the same counts.
void answer_stream(httplib::Server& server) {
  server.Post("/v1/completions", [](const httplib::Request&, httplib::Response& response) {
    response.set_content(
        "data: {\"choices\":[{\"text\":\"a\"}]}\n\ndata: {\"choices\":[{\"text\":\"b\"}]}\n\n"
        "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":4,\"completion_tokens\":2}}\n\n"
        "data: [DONE]\n\n",
        "text/event-stream");
  });
}

}  // namespace

int main(int argc, char** argv) {
  Behaviour behaviour;
  for (int i = 2; i < argc; ++i) {
    behaviour.refusals += number_after(argv[i], "refusals=");
    behaviour.dies_loading += number_after(argv[i], "dies_loading=");
    behaviour.dies_completing += number_after(argv[i], "dies_completing=");
    behaviour.stalls = behaviour.stalls || std::string_view(argv[i]) == "stalls";
  }
  httplib::Server server;
  server.new_task_queue = [] { return new httplib::ThreadPool(1); };  // one request at a time, as counted above
  answer_health(server, behaviour);
  answer_completion(server, behaviour);
  answer_stream(server);
  server.Get("/props", [](const httplib::Request&, httplib::Response& response) {
    response.set_content(R"({"build_info":"b1-abc","total_slots":1,"model_path":"m.gguf"})", "application/json");
  });
  server.Get("/v1/models", [](const httplib::Request&, httplib::Response& response) {
    response.set_content(R"({"data":[{"id":"m.gguf","meta":{"n_vocab":100,"ftype":"Q4_0"}}]})", "application/json");
  });
  server.Post("/tokenize", [](const httplib::Request&, httplib::Response& response) {
    response.set_content(R"({"tokens":[1,2,3,4]})", "application/json");
  });
  return argc > 1 && server.listen("127.0.0.1", std::atoi(argv[1])) ? 0 : 1;
}
