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

/// An icon of the program's own set (resources/icons/<name>.svg, Breeze's), crisp at any scale, in the colour that the
/// program's palette gives the text of buttons whenever it is drawn: it follows a change of theme by itself.
[[nodiscard]] QIcon themeIcon(const QString& name);
/// The same in the colour that this palette gives the text of buttons, for grounds of another colour.
[[nodiscard]] QIcon themeIcon(const QString& name, const QPalette& palette);

}  // namespace corticast
