// Messages of formats.h as the helper makes and takes them apart.
#ifndef MESSAGE_H
#define MESSAGE_H

#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>

// The body of an answer.
class Answer {
 public:
  template <class Number>
  void put(Number value) {
    bytes_.append(reinterpret_cast<const char *>(&value), sizeof value);
  }
  void put_text(const char *text) {
    const size_t size = text ? std::strlen(text) : 0;
    put(uint32_t(size));
    bytes_.append(text ? text : "", size);
  }
  const std::string &bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

// The body of a question. Throws where it is too short.
class Question {
 public:
  explicit Question(const std::string &bytes) : bytes_(bytes) {}

  template <class Number>
  Number take() {
    Number value;
    std::memcpy(&value, step(sizeof value), sizeof value);
    return value;
  }
  std::string take_text() {
    const uint32_t size = take<uint32_t>();
    return std::string(step(size), size);
  }

 private:
  const char *step(size_t count) {
    if (count > bytes_.size() - at_) throw std::runtime_error("a message is too short");
    at_ += count;
    return bytes_.data() + at_ - count;
  }

  const std::string &bytes_;
  size_t at_ = 0;
};

#endif
