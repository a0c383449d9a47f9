#include "widgets/tables/runs_model.h"

#include <QApplication>
#include <QPalette>
#include <QTimer>
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/text.h"
#include "widgets/style/run_styles.h"
#include "widgets/style/theme.h"
#include "widgets/tables/column_head.h"
#include "widgets/tables/run_words.h"

namespace corticast {
namespace {

constexpr int kPendingMilliseconds = 4000;

QString idOf(const RunSnapshot& run) {
  return QString::fromStdString(run.id);
}

QString numberText(const std::optional<double>& value, int decimals) {
  return value && !std::isnan(*value) ? QString::fromStdString(fixed(*value, decimals)) : QString();
}

QVariant sortNumber(const std::optional<double>& value) {
  return value && !std::isnan(*value) ? *value : -std::numeric_limits<double>::infinity();
}

std::optional<double> correlationOf(const RunSnapshot& run) {
  if (run.curves.empty() || std::isnan(run.meanCorrelation)) return std::nullopt;
  return run.meanCorrelation;
}

QString epochText(const RunSnapshot& run) {
  if (run.epoch == 0) return {};
  const int most = mostEpochs(run);
  return most > 0 ? QString("%1 / %2").arg(run.epoch).arg(most) : QString::number(run.epoch);
}

/// In its own colour, and on a selected row in the colour of the text there.
QIcon stateIcon(RunCondition condition) {
  constexpr QSize kDrawn(64, 64);  // sharp at any scale that a table is shown in
  QPalette palette = QApplication::palette();
  palette.setColor(QPalette::ButtonText, conditionColour(condition, palette));
  QIcon icon(themeIcon(conditionIcon(condition), palette).pixmap(kDrawn));
  palette.setColor(QPalette::ButtonText, palette.color(QPalette::HighlightedText));
  icon.addPixmap(themeIcon(conditionIcon(condition), palette).pixmap(kDrawn), QIcon::Selected);
  return icon;
}

bool isNumeric(int column) {
  return column == RunsModel::kEpoch || column == RunsModel::kTimeLeft || column == RunsModel::kCorrelation ||
         column == RunsModel::kTrainLoss || column == RunsModel::kValidationLoss;
}

}  // namespace

RunsModel::RunsModel(WorkbenchState& state, QObject* parent)
    : QAbstractTableModel(parent), m_state(state), m_runs(state.runs()) {
  connect(&state, &WorkbenchState::runsChanged, this, &RunsModel::sync);
  connect(&state, &WorkbenchState::runUpdated, this, &RunsModel::update);
}

RunsModel::~RunsModel() = default;

void RunsModel::sync() {
  const auto& wanted = m_state.runs();
  const auto id = [](const WorkbenchState::RunPointer& run) { return run->id; };
  for (int row = static_cast<int>(m_runs.size()) - 1; row >= 0; --row) {
    if (std::ranges::find(wanted, m_runs[static_cast<size_t>(row)]->id, id) != wanted.end()) continue;
    beginRemoveRows({}, row, row);
    m_runs.erase(m_runs.begin() + row);
    endRemoveRows();
  }
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (i < m_runs.size() && m_runs[i]->id == wanted[i]->id) continue;
    if (std::ranges::find(m_runs, wanted[i]->id, id) != m_runs.end()) {
      // Known, but elsewhere: the order itself is another one.
      beginResetModel();
      m_runs = wanted;
      endResetModel();
      return;
    }
    beginInsertRows({}, static_cast<int>(i), static_cast<int>(i));
    m_runs.insert(m_runs.begin() + static_cast<std::ptrdiff_t>(i), wanted[i]);
    endInsertRows();
  }
}

int RunsModel::rowOf(const QString& id) const {
  const auto found =
      std::ranges::find(m_runs, id.toStdString(), [](const WorkbenchState::RunPointer& run) { return run->id; });
  return found == m_runs.end() ? -1 : static_cast<int>(found - m_runs.begin());
}

void RunsModel::update(const QString& id) {
  const int row = rowOf(id);
  auto run = m_state.run(id);
  if (row < 0 || !run) return;
  auto& place = m_runs[static_cast<size_t>(row)];
  const bool isOtherName = run->meta.name != place->meta.name, isOtherNote = run->meta.note != place->meta.note;
  place = std::move(run);
  // Name and note only when they changed: a cell that is being edited would lose what was typed.
  Q_EMIT dataChanged(index(row, kState), index(row, kStarted));
  if (isOtherName) m_pending.remove(key(id, kName));
  if (isOtherNote) m_pending.remove(key(id, kNote));
  if (isOtherName) Q_EMIT dataChanged(index(row, kName), index(row, kName));
  if (isOtherNote) Q_EMIT dataChanged(index(row, kNote), index(row, kNote));
}

int RunsModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(m_runs.size());
}

int RunsModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : kColumnCount;
}

QString RunsModel::key(const QString& id, int column) {
  return id + QChar('/') + QString::number(column);
}

QString RunsModel::editable(const RunSnapshot& run, int column) const {
  const QString stored = QString::fromStdString(column == kName ? run.meta.name : run.meta.note);
  const auto pending = m_pending.find(key(idOf(run), column));
  return pending != m_pending.end() && pending->before == stored ? pending->text : stored;
}

QString RunsModel::textOf(const RunSnapshot& run, int column) const {
  switch (column) {
    case kName: {
      const QString name = editable(run, kName);
      return name.isEmpty() ? idOf(run) : name;
    }
    case kState: {
      const QString reason = QString::fromStdString(run.state.reason).section('\n', 0, 0);
      return conditionOf(run) == RunCondition::Failed && !reason.isEmpty()
                 ? tr("%1: %2").arg(conditionWord(run), reason)
                 : conditionWord(run);
    }
    case kProgress:
      return tr("%1 %").arg(static_cast<int>(std::floor(run.fraction * 100)));
    case kEpoch:
      return epochText(run);
    case kTimeLeft:
      return run.secondsLeft && run.isWorkerAlive ? QString::fromStdString(duration(*run.secondsLeft)) : QString();
    case kCorrelation:
      return numberText(correlationOf(run), 3);
    case kTrainLoss:
      return numberText(lossesOf(run).training, 4);
    case kValidationLoss:
      return numberText(lossesOf(run).validation, 4);
    case kPreset:
      return planWords(run).preset;
    case kFocus:
      return planWords(run).focus;
    case kArchitecture:
      return planWords(run).architecture;
    case kStarted:
      return momentText(run.state.started);
    case kNote:
      return editable(run, kNote);
    default:
      return {};
  }
}

QVariant RunsModel::sortValue(const RunSnapshot& run, int column) const {
  switch (column) {
    case kState:
      return static_cast<int>(conditionOf(run));
    case kProgress:
      return run.fraction;
    case kEpoch:
      return run.epoch;
    case kTimeLeft:
      return sortNumber(run.secondsLeft);
    case kCorrelation:
      return sortNumber(correlationOf(run));
    case kTrainLoss:
      return sortNumber(lossesOf(run).training);
    case kValidationLoss:
      return sortNumber(lossesOf(run).validation);
    case kStarted:
      // Ids begin with the time of creation: a run that waits is newer than one that was begun.
      return idOf(run);
    default:
      return textOf(run, column).toCaseFolded();
  }
}

QString RunsModel::toolTip(const RunSnapshot& run, int column) const {
  switch (column) {
    case kName:
      return tr("%1\n%2").arg(textOf(run, kName), QString::fromStdString(run.path.string()));
    case kState: {
      const QString trouble = troubleOf(run);
      return trouble.isEmpty() ? run.worker.empty()
                                     ? conditionWord(run)
                                     : tr("%1 by %2").arg(conditionWord(run), QString::fromStdString(run.worker))
                               : trouble;
    }
    case kEpoch:
    case kProgress:
      return run.secondsPerEpoch > 0 ? tr("%1 s per epoch").arg(QString::fromStdString(fixed(run.secondsPerEpoch, 2)))
                                     : QString();
    case kStarted:
      return run.state.finished > 0 && run.state.started > 0
                 ? tr("Ended %1, after %2")
                       .arg(momentText(run.state.finished),
                            QString::fromStdString(duration(run.state.finished - run.state.started)))
                 : QString();
    default:
      return textOf(run, column);
  }
}

QVariant RunsModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid()) return {};
  const RunSnapshot& run = *m_runs[static_cast<size_t>(index.row())];
  const int column = index.column();
  switch (role) {
    case Qt::DisplayRole:
      return textOf(run, column);
    case Qt::EditRole:
      return column == kName || column == kNote ? editable(run, column) : textOf(run, column);
    case Qt::ToolTipRole:
      return toolTip(run, column);
    case Qt::TextAlignmentRole:
      return columnAlignment(isNumeric(column));
    case Qt::DecorationRole:
      if (column == kName) return runSwatch(m_state.runSlot(idOf(run)));
      if (column == kState) {
        return stateIcon(conditionOf(run));
      }
      return {};
    case Qt::ForegroundRole:
      return column == kState ? QVariant(conditionColour(conditionOf(run), QApplication::palette())) : QVariant();
    case kIdRole:
      return idOf(run);
    case kSortRole:
      return sortValue(run, column);
    case kFractionRole:
      return run.fraction;
    case kConditionRole:
      return static_cast<int>(conditionOf(run));
    default:
      return {};
  }
}

QVariant RunsModel::headerData(int section, Qt::Orientation orientation, int role) const {
  const ColumnHead heads[kColumnCount] = {
      {tr("Run"), tr("Name, with the run's colour and line in all plots  F2 renames")},
      {tr("State"), tr("What the run is doing, and why it is not")},
      {tr("Progress"), tr("Of the whole run")},
      {tr("Epoch"), tr("Finished epochs of the models at work, of the most there can be")},
      {tr("Time left"), tr("By the pace so far, at most")},
      {tr("Best r"), tr("Mean correlation over vertices, each model at its best epoch, validation pictures")},
      {tr("T-loss"), tr("Least training loss of each model, mean over vertices")},
      {tr("V-loss"), tr("Least validation loss of each model, mean over vertices")},
      {tr("Preset"), tr("What the plan started from")},
      {tr("Focus"), tr("How models share the vertices")},
      {tr("Model"), tr("Architecture")},
      {tr("Started"), tr("When its first worker began")},
      {tr("Note"), tr("Your own words; double click writes")}};
  return columnHead(heads, section, orientation, role, isNumeric(section));
}

Qt::ItemFlags RunsModel::flags(const QModelIndex& index) const {
  if (!index.isValid()) return Qt::NoItemFlags;
  Qt::ItemFlags flags = Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren;
  if (index.column() == kName || index.column() == kNote) flags |= Qt::ItemIsEditable;
  return flags;
}

bool RunsModel::setData(const QModelIndex& index, const QVariant& value, int role) {
  if (!index.isValid() || role != Qt::EditRole || (index.column() != kName && index.column() != kNote)) return false;
  const RunSnapshot& run = *m_runs[static_cast<size_t>(index.row())];
  const int column = index.column();
  const QString text = value.toString().trimmed();
  if (text == editable(run, column) || (column == kName && text.isEmpty())) return false;
  const QString id = idOf(run);
  m_pending.insert(key(id, column), {QString::fromStdString(column == kName ? run.meta.name : run.meta.note), text});
  // If the folder does not take it, the old text is the truth again.
  QTimer::singleShot(kPendingMilliseconds, this, [this, id] { settle(id); });
  Q_EMIT dataChanged(index, index);
  if (column == kName)
    Q_EMIT renameRequested(id, text);
  else
    Q_EMIT noteRequested(id, text);
  return true;
}

void RunsModel::settle(const QString& id) {
  const bool hadName = m_pending.remove(key(id, kName)), hadNote = m_pending.remove(key(id, kNote));
  const int row = rowOf(id);
  if (row < 0) return;
  if (hadName) Q_EMIT dataChanged(index(row, kName), index(row, kName));
  if (hadNote) Q_EMIT dataChanged(index(row, kNote), index(row, kNote));
}

}  // namespace corticast
