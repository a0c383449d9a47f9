#include "widgets/compare/roi_verdict_model.h"

#include <QApplication>
#include <QColor>
#include <QFont>
#include <QPalette>
#include <QPixmap>
#include <cmath>
#include <limits>

#include "core/base/text.h"
#include "widgets/style/roi_colours.h"
#include "widgets/style/theme.h"

namespace corticast {
namespace {

QString number(double value, int decimals = 3) {
  return QString::fromStdString(fixed(value, decimals));
}

QString text(const Estimate& estimate, bool isSigned = false) {
  if (!estimate.value) return QObject::tr("absent");
  const auto shown = [isSigned](double value) { return (isSigned && value > 0 ? "+" : "") + number(value); };
  if (!estimate.interval) return shown(*estimate.value);
  return QString("%1  [%2, %3]")
      .arg(shown(*estimate.value), shown(estimate.interval->low), shown(estimate.interval->high));
}

QString probability(double value) {
  return std::isnan(value) ? QObject::tr("absent") : value < 0.001 ? QString("< 0.001") : number(value);
}

double orLowest(const std::optional<double>& value) {
  return value.value_or(-std::numeric_limits<double>::infinity());
}

}  // namespace

RoiVerdictModel::RoiVerdictModel(QObject* parent) : QAbstractTableModel(parent) {}
RoiVerdictModel::~RoiVerdictModel() = default;

void RoiVerdictModel::setCompared(std::shared_ptr<const Compared> compared) {
  beginResetModel();
  m_compared = std::move(compared);
  endResetModel();
}

RoiKey RoiVerdictModel::keyOf(int row) const {
  const RoiComparison& roi = m_compared->comparison->rois[static_cast<size_t>(row)];
  return {roi.hemisphere, roi.roiClass, roi.roi};
}

int RoiVerdictModel::rowOf(const RoiKey& key) const {
  for (int row = 0; row < rowCount(); ++row)
    if (keyOf(row) == key) return row;
  return -1;
}

int RoiVerdictModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() || !m_compared ? 0 : static_cast<int>(m_compared->pair.rois.size());
}

int RoiVerdictModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : kColumnCount;
}

QString RoiVerdictModel::nameOf(size_t run) const {
  return m_compared ? QString::fromStdString(m_compared->comparison->runs[run].name) : QString();
}

QString RoiVerdictModel::verdictText(const RoiDifference& difference) const {
  switch (difference.verdict) {
    case RoiVerdict::Won:
      return tr("A wins");
    case RoiVerdict::Lost:
      return tr("B wins");
    case RoiVerdict::Undecided:
      return tr("undecided");
  }
  return {};
}

QString RoiVerdictModel::textOf(const RoiDifference& difference, int column) const {
  const RoiComparison& roi = m_compared->comparison->rois[difference.roi];
  const auto count = [](size_t value) { return QString::fromStdString(thousands(value)); };
  switch (column) {
    case kRoi:
      return QString::fromStdString(roi.roi);
    case kHemisphere:
      return roi.hemisphere == Hemisphere::Left ? tr("LH") : tr("RH");
    case kVerdict:
      return verdictText(difference);
    case kFirst:
      return text(difference.first);
    case kSecond:
      return text(difference.second);
    case kDifference:
      return text(difference.difference, true);
    case kQ:
      return probability(difference.q);
    case kVerticesWon:
      return count(difference.verticesWon);
    case kVerticesLost:
      return count(difference.verticesLost);
    case kVertices:
      return count(roi.columns.size());
    default:
      return {};
  }
}

QVariant RoiVerdictModel::sortValue(const RoiDifference& difference, int column) const {
  const RoiComparison& roi = m_compared->comparison->rois[difference.roi];
  switch (column) {
    case kVerdict: {
      // Won first, lost last, and within them by the size of the difference.
      const double size = difference.difference.value.value_or(0);
      return difference.verdict == RoiVerdict::Undecided ? size / 1000 : size;
    }
    case kFirst:
      return orLowest(difference.first.value);
    case kSecond:
      return orLowest(difference.second.value);
    case kDifference:
      return orLowest(difference.difference.value);
    case kQ:
      return std::isnan(difference.q) ? 2.0 : difference.q;
    case kVerticesWon:
      return static_cast<qulonglong>(difference.verticesWon);
    case kVerticesLost:
      return static_cast<qulonglong>(difference.verticesLost);
    case kVertices:
      return static_cast<qulonglong>(roi.columns.size());
    default:
      return textOf(difference, column);
  }
}

QVariant RoiVerdictModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || !m_compared) return {};
  const RoiDifference& difference = m_compared->pair.rois[static_cast<size_t>(index.row())];
  const RoiComparison& roi = m_compared->comparison->rois[difference.roi];
  const ThemeColours theme = themeColours(QApplication::palette());
  switch (role) {
    case Qt::DisplayRole:
      return textOf(difference, index.column());
    case kSortRole:
      return sortValue(difference, index.column());
    case Qt::TextAlignmentRole:
      return index.column() >= kFirst ? QVariant(Qt::AlignRight | Qt::AlignVCenter)
                                      : QVariant(Qt::AlignLeft | Qt::AlignVCenter);
    case Qt::DecorationRole: {
      if (index.column() != kRoi) return {};
      QPixmap swatch(10, 10);
      swatch.fill(roiColour(roi.roiClass, roi.roi));
      return swatch;
    }
    case Qt::FontRole: {
      if (index.column() != kVerdict || difference.verdict == RoiVerdict::Undecided) return {};
      QFont bold = QApplication::font();
      bold.setBold(true);
      return bold;
    }
    case Qt::ForegroundRole:
      return index.column() == kVerdict && difference.verdict == RoiVerdict::Undecided ? QVariant(theme.quietText)
                                                                                       : QVariant();
    case Qt::ToolTipRole:
      return tr("%1 %2: p %3, q %4 over all ROIs")
          .arg(textOf(difference, kRoi), textOf(difference, kHemisphere), probability(difference.p),
               probability(difference.q));
    default:
      return {};
  }
}

QVariant RoiVerdictModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || section < 0 || section >= kColumnCount) return {};
  const QString first = m_compared ? nameOf(m_compared->pair.options.first) : QString();
  const QString second = m_compared ? nameOf(m_compared->pair.options.second) : QString();
  struct Head {
    QString title, toolTip;
  };
  const Head heads[kColumnCount] = {
      {tr("ROI"), tr("Its colour is the same in every panel")},
      {tr("Side"), tr("Hemisphere")},
      {tr("Verdict"), tr("Who predicts the ROI better with q < 0.05, by the bootstrap over pictures")},
      {tr("r of A"), tr("%1, with its 95 % interval over pictures").arg(first)},
      {tr("r of B"), tr("%1, with its 95 % interval over pictures").arg(second)},
      {tr("A − B"), tr("Of the same pictures in each resample, with its 95 % interval")},
      {tr("q"), tr("Share of false discoveries when this ROI and all with a smaller q are called different")},
      {tr("A better"), tr("Vertices of the ROI where A is better with q < 0.05, by the test per vertex")},
      {tr("B better"), tr("Vertices of the ROI where B is better with q < 0.05, by the test per vertex")},
      {tr("Vertices"), tr("Of the ROI, predicted by all compared runs")}};
  if (role == Qt::DisplayRole) return heads[section].title;
  if (role == Qt::ToolTipRole) return heads[section].toolTip;
  if (role == Qt::TextAlignmentRole)
    return section >= kFirst ? QVariant(Qt::AlignRight | Qt::AlignVCenter) : QVariant(Qt::AlignLeft | Qt::AlignVCenter);
  return {};
}

}  // namespace corticast
