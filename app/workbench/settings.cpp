#include "app/workbench/settings.h"

#include <QStandardPaths>
#include <algorithm>

namespace corticast {
namespace {

constexpr int kMostRecent = 10;
// Raised when docks come or go, so that an old layout is not forced on a new window.
constexpr int kLayoutVersion = 1;

QString layoutKey(const QString& name) {
  return QString("window/%1-%2").arg(name).arg(kLayoutVersion);
}

}  // namespace

Settings::Settings() : m_settings(QSettings::IniFormat, QSettings::UserScope, "corticast", "corticast") {}
Settings::Settings(const QString& file) : m_settings(file, QSettings::IniFormat) {}

QStringList Settings::recentStudies() const {
  return m_settings.value("studies/recent").toStringList();
}

void Settings::addRecentStudy(const QString& folder) {
  QStringList recent = recentStudies();
  recent.removeAll(folder);
  recent.prepend(folder);
  m_settings.setValue("studies/recent", QStringList(recent.mid(0, kMostRecent)));
}

QByteArray Settings::windowGeometry() const {
  return m_settings.value(layoutKey("geometry")).toByteArray();
}
QByteArray Settings::windowState() const {
  return m_settings.value(layoutKey("state")).toByteArray();
}

void Settings::setWindow(const QByteArray& geometry, const QByteArray& state) {
  m_settings.setValue(layoutKey("geometry"), geometry);
  m_settings.setValue(layoutKey("state"), state);
}

ThemeChoice Settings::theme() const {
  const QString text = m_settings.value("theme", "system").toString();
  return text == "light" ? ThemeChoice::Light : text == "dark" ? ThemeChoice::Dark : ThemeChoice::System;
}

void Settings::setTheme(ThemeChoice choice) {
  m_settings.setValue("theme", choice == ThemeChoice::Light  ? "light"
                               : choice == ThemeChoice::Dark ? "dark"
                                                             : "system");
}

CortexViewSettings Settings::cortexView() const {
  CortexViewSettings view;
  const int surface = m_settings.value("cortex/surface", static_cast<int>(view.surface)).toInt();
  if (surface >= 0 && surface < static_cast<int>(kSurfaceKinds.size()))
    view.surface = static_cast<SurfaceKind>(surface);
  view.morph = std::clamp(m_settings.value("cortex/morph", view.morph).toDouble(), 0.0, 1.0);
  view.views = m_settings.value("cortex/views", QString::fromStdString(view.views)).toString().toStdString();
  view.colourMap = m_settings.value("cortex/colourMap").toString().toStdString();
  return view;
}

void Settings::setCortexView(const CortexViewSettings& view) {
  m_settings.setValue("cortex/surface", static_cast<int>(view.surface));
  m_settings.setValue("cortex/morph", view.morph);
  m_settings.setValue("cortex/views", QString::fromStdString(view.views));
  m_settings.setValue("cortex/colourMap", QString::fromStdString(view.colourMap));
}

std::optional<QString> Settings::shortcut(const QString& action) const {
  const QVariant value = m_settings.value("shortcuts/" + action);
  return value.isValid() ? std::optional(value.toString()) : std::nullopt;
}

void Settings::setShortcut(const QString& action, const std::optional<QString>& keys) {
  if (keys)
    m_settings.setValue("shortcuts/" + action, *keys);
  else
    m_settings.remove("shortcuts/" + action);
}

QString Settings::workspace() const {
  const QString data = QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation);
  return m_settings.value("workspace", data + "/corticast/workspace").toString();
}

void Settings::setWorkspace(const QString& folder) {
  m_settings.setValue("workspace", folder);
}

}  // namespace corticast
