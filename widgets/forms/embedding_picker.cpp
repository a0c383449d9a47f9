#include "widgets/forms/embedding_picker.h"

#include <QBoxLayout>
#include <QComboBox>
#include <QEvent>
#include <QLabel>
#include <QSignalBlocker>
#include <algorithm>
#include <filesystem>

#include "core/base/text.h"
#include "widgets/style/theme.h"

namespace corticast {
namespace {

constexpr const char* kArrayItem = "*array";
constexpr const char* kFolderItem = "*folder";
constexpr const char* kPinnedItem = "*pinned";

QString text(const std::string& words) {
  return QString::fromStdString(words);
}

}  // namespace

EmbeddingPicker::EmbeddingPicker(QWidget* parent)
    : QWidget(parent), m_choice(new QComboBox(this)), m_state(new QLabel(this)) {
  m_choice->setObjectName("embedding");
  m_choice->setToolTip(tr("What turns the pictures into features. Every model of the run sees the same ones."));
  m_choice->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  m_choice->setMinimumContentsLength(10);
  m_choice->setFocusPolicy(Qt::StrongFocus);
  m_state->setObjectName("embeddingState");
  m_state->setWordWrap(true);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 2);
  layout->setSpacing(3);
  layout->addWidget(m_choice);
  layout->addWidget(m_state);
  connect(m_choice, &QComboBox::activated, this, &EmbeddingPicker::take);
  connect(m_state, &QLabel::linkActivated, this, [this](const QString& link) {
    if (link == "weights")
      Q_EMIT weightsRequested();
    else
      Q_EMIT embedRequested();
  });
}

void EmbeddingPicker::setOptions(const std::vector<EmbeddingOption>& options,
                                 const std::optional<EmbeddingOption>& chosen, const std::string& folder) {
  const QSignalBlocker quiet(m_choice);
  m_options = options;
  m_choice->clear();
  for (const EmbeddingOption& option : options) m_choice->addItem(text(option.label));
  int current = -1;
  if (chosen) {
    const auto found = std::ranges::find_if(options, [&](const EmbeddingOption& option) {
      return option.backbone == chosen->backbone && option.layer == chosen->layer && option.folder == chosen->folder;
    });
    if (found != options.end()) current = static_cast<int>(found - options.begin());
  }
  const bool isOther = current < 0 && !folder.empty();
  if (isOther) {
    m_choice->addItem(text(std::filesystem::path(folder).filename().string()), kPinnedItem);
    current = m_choice->count() - 1;
  }
  m_choice->insertSeparator(m_choice->count());
  m_choice->addItem(tr("Own array of features…"), kArrayItem);
  m_choice->addItem(tr("Folder of an embedding…"), kFolderItem);
  m_choice->setCurrentIndex(current);
  if (isOther && (!chosen || chosen->isReady()))
    m_state->setText(tr("This folder, whatever else the workspace holds."));
  else
    m_state->setText(chosen ? stateOf(*chosen) : tr("Choose what turns the pictures into features."));
  showTone();
}

QString EmbeddingPicker::stateOf(const EmbeddingOption& option) const {
  const auto link = [this](const char* target, const QString& words) {
    if (m_isBusy) return QString();
    return QString(" <a href=\"%1\" style=\"color: %2\">%3</a>")
        .arg(target, palette().color(QPalette::Link).name(), words);
  };
  if (option.isReady()) return tr("%1 features per picture, ready.").arg(text(thousands(option.features())));
  const QString pictures = text(thousands(option.missingPictures));
  if (!option.weights.empty() && option.made)
    return tr("%1 pictures are not embedded yet; that needs %2.").arg(pictures, text(option.weights).toHtmlEscaped()) +
           link("weights", tr("Choose the file…"));
  if (!option.weights.empty())
    return tr("Not made yet; needs %1.").arg(text(option.weights).toHtmlEscaped()) +
           link("weights", tr("Choose the file…"));
  if (option.canBeMade())
    return tr("%1 pictures are not embedded yet; that needs no weights.").arg(pictures) +
           link("embed", tr("Embed now"));
  return tr("There is no array for %1.").arg(text(join(option.missing, ", ")));
}

void EmbeddingPicker::showTone() {
  m_state->setStyleSheet(QString("color: %1").arg(themeColours(palette()).quietText.name()));
}

void EmbeddingPicker::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) showTone();
}

void EmbeddingPicker::setBusy(bool isBusy) {
  m_isBusy = isBusy;
  m_choice->setEnabled(!isBusy);
}

void EmbeddingPicker::take(int row) {
  const QString what = m_choice->itemData(row).toString();
  if (what == kArrayItem)
    Q_EMIT arrayRequested();
  else if (what == kFolderItem)
    Q_EMIT folderRequested();
  else if (what != kPinnedItem)
    Q_EMIT chosen(m_options.at(static_cast<size_t>(row)));
}

}  // namespace corticast
