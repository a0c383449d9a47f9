#include "app/workbench/welcome_page.h"

#include <QBoxLayout>
#include <QCommandLinkButton>
#include <QDir>
#include <QFileInfo>
#include <QLabel>
#include <QPushButton>
#include <memory>

#include "widgets/style/theme.h"

namespace corticast {
namespace {
constexpr int kColumnWidth = 460;
}

WelcomePage::WelcomePage(QWidget* parent) : QWidget(parent), m_recent(new QVBoxLayout), m_message(new QLabel(this)) {
  setObjectName("welcomePage");
  auto* title = new QLabel(tr("Corticast"), this);
  QFont big = title->font();
  big.setPointSizeF(big.pointSizeF() * 2.2);
  big.setWeight(QFont::DemiBold);
  title->setFont(big);
  auto* subtitle =
      new QLabel(tr("Train models that predict the brain's response to pictures, and watch them learn on the "
                    "cortex."),
                 this);
  subtitle->setWordWrap(true);

  const auto button = [this](const QString& name, const QString& text, const QString& help, const QString& icon) {
    auto* made = new QCommandLinkButton(text, help, this);
    made->setObjectName(name);
    made->setIcon(themeIcon(icon, palette()));
    return made;
  };
  auto* open = button("welcomeOpen", tr("Open a study…"),
                      tr("A folder in the layout of Algonauts 2023 (subj01, subj02, …)"), "document-open");
  auto* demo = button("welcomeDemo", tr("Open the demo study"),
                      tr("Drawn pictures with planted responses; made in less than a minute"), "media-playback-start");
  connect(open, &QCommandLinkButton::clicked, this, &WelcomePage::openRequested);
  connect(demo, &QCommandLinkButton::clicked, this, &WelcomePage::demoRequested);

  m_message->setObjectName("welcomeMessage");
  m_message->setWordWrap(true);
  m_message->setTextInteractionFlags(Qt::TextSelectableByMouse);
  auto* hint = new QLabel(tr("Or drop a study's folder on this window."), this);

  auto* column = new QVBoxLayout;
  column->addStretch(2);
  column->addWidget(title);
  column->addWidget(subtitle);
  column->addSpacing(14);
  column->addWidget(open);
  column->addWidget(demo);
  column->addWidget(hint);
  column->addSpacing(10);
  column->addLayout(m_recent);
  column->addSpacing(10);
  column->addWidget(m_message);
  column->addStretch(3);
  auto* holder = new QWidget(this);
  holder->setLayout(column);
  holder->setFixedWidth(kColumnWidth);
  auto* layout = new QHBoxLayout(this);
  layout->addStretch();
  layout->addWidget(holder);
  layout->addStretch();
}

void WelcomePage::setRecentStudies(const QStringList& folders) {
  while (QLayoutItem* item = m_recent->takeAt(0)) {
    if (item->widget()) item->widget()->deleteLater();
    std::unique_ptr<QLayoutItem> owned(item);
  }
  if (!folders.isEmpty()) m_recent->addWidget(new QLabel(tr("Recent studies"), this));
  for (const QString& folder : folders.mid(0, 5)) {
    auto* link = new QPushButton(
        QFontMetrics(font()).elidedText(QDir::toNativeSeparators(folder), Qt::ElideMiddle, kColumnWidth - 40), this);
    link->setFlat(true);
    link->setToolTip(folder);
    link->setStyleSheet("text-align: left; padding: 3px 8px;");
    link->setEnabled(QFileInfo::exists(folder));
    connect(link, &QPushButton::clicked, this, [this, folder] { Q_EMIT studyRequested(folder); });
    m_recent->addWidget(link);
  }
}

void WelcomePage::setMessage(const QString& text, bool isError) {
  m_message->setText(text);
  m_message->setStyleSheet(isError ? "color: " + themeColours(palette()).error.name() : QString());
}

}  // namespace corticast
