#include "app/workbench/actions/fuzzy_match.h"

namespace corticast {
namespace {

constexpr int kLetter = 1;
constexpr int kInARow = 4;
constexpr int kWordStart = 6;

/// The best score of typed[i..] in text[from..], trying every place of each letter; texts are short.
std::optional<int> best(const QString& typed, qsizetype i, const QString& text, qsizetype from) {
  if (i == typed.size()) return 0;
  std::optional<int> result;
  for (qsizetype at = text.indexOf(typed[i], from, Qt::CaseInsensitive); at >= 0;
       at = text.indexOf(typed[i], at + 1, Qt::CaseInsensitive)) {
    const auto rest = best(typed, i + 1, text, at + 1);
    if (!rest) break;  // later places leave even less to match
    int score = kLetter + *rest;
    if (i > 0 && at == from) score += kInARow;
    if (at == 0 || !text[at - 1].isLetterOrNumber()) score += kWordStart;
    if (!result || score > *result) result = score;
  }
  return result;
}

}  // namespace

std::optional<int> fuzzyMatch(const QString& typed, const QString& text) {
  QString letters;
  for (const QChar c : typed)
    if (!c.isSpace()) letters += c;
  constexpr qsizetype kLongest = 12;  // beyond this the search over all places could take long
  if (letters.size() > kLongest) {
    if (!text.contains(typed.trimmed(), Qt::CaseInsensitive)) return std::nullopt;
    return static_cast<int>(letters.size()) * (kLetter + kInARow);
  }
  return best(letters, 0, text, 0);
}

}  // namespace corticast
