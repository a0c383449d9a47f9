#include "app/workbench/settings.h"

#include <QStandardPaths>

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

QString Settings::workspace() const {
  const QString data = QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation);
  return m_settings.value("workspace", data + "/corticast/workspace").toString();
}

void Settings::setWorkspace(const QString& folder) {
  m_settings.setValue("workspace", folder);
}

}  // namespace corticast
