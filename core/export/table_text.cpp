#include <map>

#include "core/export/internal/table_text.h"

namespace corticast {

std::string escapedForMarkdown(const std::string& text) {
  std::string escaped;
  for (const char c : text) escaped += c == '|' ? std::string("\\|") : c == '\n' ? std::string(" ") : std::string(1, c);
  return escaped;
}

std::string escapedForLatex(const std::string& text) {
  static const std::map<char, std::string> kEscapes = {{'\\', "\\textbackslash{}"},
                                                       {'&', "\\&"},
                                                       {'%', "\\%"},
                                                       {'$', "\\$"},
                                                       {'#', "\\#"},
                                                       {'_', "\\_"},
                                                       {'{', "\\{"},
                                                       {'}', "\\}"},
                                                       {'~', "\\textasciitilde{}"},
                                                       {'^', "\\textasciicircum{}"},
                                                       {'\n', " "}};
  std::string escaped;
  for (const char c : text) {
    const auto escape = kEscapes.find(c);
    escaped += escape == kEscapes.end() ? std::string(1, c) : escape->second;
  }
  return escaped;
}

}  // namespace corticast
