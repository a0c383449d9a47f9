#include "widgets/tables/log_model.h"

#include <QApplication>
#include <QDateTime>
#include <QPalette>
#include <algorithm>

#include "widgets/style/theme.h"
#include "widgets/tables/run_words.h"

namespace corticast {
namespace {

LogLevel levelOf(const std::string& text) {
  return text == "error" ? LogLevel::Error : text == "warning" ? LogLevel::Warning : LogLevel::Info;
}

QColor colourOf(LogLevel level, const QPalette& palette) {
  const ThemeColours theme = themeColours(palette);
  return level == LogLevel::Error ? theme.error : level == LogLevel::Warning ? theme.warning : theme.quietText;
}

void addEvents(std::vector<LogEntry>& entries, const RunSnapshot& run) {
  for (const RunEvent& event : run.events)
    entries.push_back({event.time, levelOf(event.level), runName(run), QString::fromStdString(event.text)});
  if (run.state.status == RunStatus::Failed)
    entries.push_back({run.state.changed, LogLevel::Error, runName(run), QString::fromStdString(run.state.reason)});
  for (const std::string& damage : run.damage)
    entries.push_back({run.state.changed, LogLevel::Error, runName(run), QString::fromStdString(damage)});
}

}  // namespace

LogModel::LogModel(WorkbenchState& state, QObject* parent) : QAbstractTableModel(parent), m_state(state) {
  connect(&state, &WorkbenchState::selectedRunsChanged, this, &LogModel::sync);
  connect(&state, &WorkbenchState::runsChanged, this, &LogModel::sync);
  connect(&state, &WorkbenchState::runUpdated, this, [this](const QString& id) {
    if (m_state.selectedRuns().contains(id)) sync();
  });
  m_entries = collect();
}

LogModel::~LogModel() = default;

void LogModel::addSessionEvent(LogLevel level, const QString& text, double time) {
  m_session.push_back({time, level, tr("Workbench"), text});
  sync();
}

std::vector<LogEntry> LogModel::collect() const {
  std::vector<LogEntry> entries = m_session;
  for (const QString& id : m_state.selectedRuns())
    if (const auto run = m_state.run(id)) addEvents(entries, *run);
  std::ranges::stable_sort(entries, {}, &LogEntry::time);
  return entries;
}

void LogModel::sync() {
  std::vector<LogEntry> wanted = collect();
  const auto old = static_cast<int>(m_entries.size()), now = static_cast<int>(wanted.size());
  const bool isLonger = now >= old && std::equal(m_entries.begin(), m_entries.end(), wanted.begin());
  if (isLonger && now == old) return;
  if (isLonger) {
    beginInsertRows({}, old, now - 1);
    m_entries = std::move(wanted);
    endInsertRows();
    return;
  }
  beginResetModel();
  m_entries = std::move(wanted);
  endResetModel();
}

int LogModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(m_entries.size());
}

int LogModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : kColumnCount;
}

QVariant LogModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid()) return {};
  const LogEntry& line = entry(index.row());
  if (role == kLevelRole) return static_cast<int>(line.level);
  if (role == Qt::ToolTipRole && index.column() == kText) return line.text;
  if (role == Qt::TextAlignmentRole) return QVariant(Qt::AlignLeft | Qt::AlignVCenter);
  if (role == Qt::ForegroundRole) {
    if (index.column() == kTime || index.column() == kSource) return themeColours(QApplication::palette()).quietText;
    return line.level == LogLevel::Info ? QVariant() : QVariant(colourOf(line.level, QApplication::palette()));
  }
  if (role == Qt::DecorationRole && index.column() == kLevel && line.level != LogLevel::Info) {
    QPalette coloured = QApplication::palette();
    coloured.setColor(QPalette::ButtonText, colourOf(line.level, coloured));
    return themeIcon(line.level == LogLevel::Error ? "dialog-cancel" : "messagebox_warning", coloured);
  }
  if (role != Qt::DisplayRole) return {};
  switch (index.column()) {
    case kTime:
      return QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(line.time * 1000)).toString("yyyy-MM-dd HH:mm:ss");
    case kLevel:
      return levelWord(line.level);
    case kSource:
      return line.source;
    default:
      return line.text;
  }
}

QVariant LogModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  if (role == Qt::TextAlignmentRole) return QVariant(Qt::AlignLeft | Qt::AlignVCenter);
  if (role != Qt::DisplayRole) return {};
  return section == kTime ? tr("Time") : section == kLevel ? tr("Level") : section == kSource ? tr("From") : tr("Text");
}

QString levelWord(LogLevel level) {
  return level == LogLevel::Error     ? LogModel::tr("Error")
         : level == LogLevel::Warning ? LogModel::tr("Warning")
                                      : LogModel::tr("Info");
}

}  // namespace corticast
