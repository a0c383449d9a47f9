#pragma once
#include <QByteArray>
#include <QSettings>
#include <QStringList>
#include <optional>

#include "widgets/cortex/cortex_panel.h"
#include "widgets/style/theme.h"

namespace corticast {

/// What the workbench remembers between starts. One object, made by main; a test gives its own file.
class Settings {
 public:
  /// The user's own file.
  Settings();
  explicit Settings(const QString& file);

  [[nodiscard]] QStringList recentStudies() const;
  /// Puts a study in front of the recent ones; at most ten are kept.
  void addRecentStudy(const QString& folder);

  [[nodiscard]] QByteArray windowGeometry() const;
  [[nodiscard]] QByteArray windowState() const;
  void setWindow(const QByteArray& geometry, const QByteArray& state);

  [[nodiscard]] ThemeChoice theme() const;
  void setTheme(ThemeChoice choice);

  /// How the cortex was looked at; colour range and threshold are not kept, they belong to a map.
  [[nodiscard]] CortexViewSettings cortexView() const;
  void setCortexView(const CortexViewSettings& view);

  /// The keys that a person gave a command, as portable text; none = as the program came.
  [[nodiscard]] std::optional<QString> shortcut(const QString& action) const;
  void setShortcut(const QString& action, const std::optional<QString>& keys);

  /// Where runs and embeddings go when nothing else is said.
  [[nodiscard]] QString workspace() const;
  void setWorkspace(const QString& folder);

 private:
  QSettings m_settings;
};

}  // namespace corticast
