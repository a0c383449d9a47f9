#pragma once
#include <QColor>
#include <QIcon>
#include <QString>

class QApplication;
class QPalette;

namespace corticast {

enum class ThemeChoice { System, Light, Dark };

/// Colours beyond QPalette that panels and plots need, for the theme in force.
struct ThemeColours {
  bool isDark = false;
  QColor grid;       ///< plot grid lines, table rules
  QColor quietText;  ///< units, hints; at least 4.5:1 on the window's ground
  QColor error;      ///< text beside a wrong field
  QColor warning;
  QColor good;
  QColor cortexGround;  ///< behind the brain
  QColor gyrus;
  QColor sulcus;
};

/// Sets style, palette and style sheet of the whole program. System follows the desktop's palette as it was at start.
void applyTheme(QApplication& application, ThemeChoice choice);
/// Colours that go with a palette (dark when its window is darker than its text).
[[nodiscard]] ThemeColours themeColours(const QPalette& palette);

/// An icon of the program's own set (resources/icons/<name>.svg), drawn in the palette's text colour so that it reads
/// on light and dark grounds, crisp at any scale.
[[nodiscard]] QIcon themeIcon(const QString& name, const QPalette& palette);

}  // namespace corticast
