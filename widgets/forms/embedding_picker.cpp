#include "widgets/forms/embedding_picker.h"

#include <QBoxLayout>
#include <QComboBox>
#include <QEvent>
#include <QLabel>
#include <QSignalBlocker>
#include <QStandardItemModel>
#include <filesystem>

#include "core/base/text.h"
#include "widgets/style/theme.h"

namespace corticast {
namespace {

constexpr int kLayerRole = Qt::UserRole + 1;
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

void EmbeddingPicker::setOptions(const std::vector<EmbeddingOption>& options, const std::string& backbone,
                                 const std::string& layer, const std::string& folder) {
  const QSignalBlocker quiet(m_choice);
  m_choice->clear();
  const EmbeddingOption* current = folder.empty() ? findOption(options, backbone, layer) : nullptr;
  for (const EmbeddingOption& option : options) {
    m_choice->addItem(text(option.label), text(option.backbone));
    m_choice->setItemData(m_choice->count() - 1, text(option.layer), kLayerRole);
    if (&option == current) m_choice->setCurrentIndex(m_choice->count() - 1);
  }
  if (!folder.empty()) {
    m_choice->addItem(text(std::filesystem::path(folder).filename().string()), kPinnedItem);
    m_choice->setCurrentIndex(m_choice->count() - 1);
  }
  m_choice->insertSeparator(m_choice->count());
  m_choice->addItem(tr("Own array of features…"), kArrayItem);
  m_choice->addItem(tr("Folder of an embedding…"), kFolderItem);
  if (!current && folder.empty()) m_choice->setCurrentIndex(-1);
  showState(current, folder);
}

void EmbeddingPicker::showState(const EmbeddingOption* option, const std::string& folder) {
  const QString link = QString(" <a href=\"%1\" style=\"color: %2\">%3</a>");
  const QString colour = palette().color(QPalette::Link).name();
  QString words;
  if (!folder.empty())
    words = tr("This folder, whatever else the workspace holds.");
  else if (!option)
    words = tr("Choose what turns the pictures into features.");
  else if (option->isReady())
    words = tr("%1 features per picture, ready.").arg(text(thousands(option->features())));
  else if (!option->weights.empty())
    words = tr("Not made yet; needs %1.").arg(text(option->weights).toHtmlEscaped()) +
            (m_isBusy ? QString() : link.arg("weights", colour, tr("Choose the file…")));
  else if (option->canBeMade())
    words =
        tr("%1 pictures are not embedded yet; that needs no weights.").arg(text(thousands(option->missingPictures))) +
        (m_isBusy ? QString() : link.arg("embed", colour, tr("Embed now")));
  else
    words = tr("There is no array for %1.").arg(text(join(option->missing, ", ")));
  m_state->setText(words);
  showTone();
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
    Q_EMIT chosen(what, m_choice->itemData(row, kLayerRole).toString());
}

}  // namespace corticast
