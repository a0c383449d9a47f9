#include "app/workbench/welcome_page.h"

#include <QBoxLayout>
#include <QCommandLinkButton>
#include <QDir>
#include <QEvent>
#include <QFileInfo>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <cmath>
#include <memory>

#include "app/workbench/study_report.h"
#include "widgets/style/theme.h"

namespace corticast {
namespace {

constexpr int kColumnWidth = 460;
constexpr size_t kProblemsShown = 3;

}  // namespace

WelcomePage::WelcomePage(QWidget* parent)
    : QWidget(parent),
      m_recent(new QVBoxLayout),
      m_message(new QLabel(this)),
      m_report(new QPushButton(tr("Show the whole report…"), this)),
      m_bar(new QProgressBar(this)),
      m_cancel(new QPushButton(tr("Cancel"), this)) {
  setObjectName("welcomePage");
  auto* title = new QLabel(tr("Corticast"), this);
  QFont big = title->font();
  big.setPointSizeF(big.pointSizeF() * 2.2);
  big.setWeight(QFont::DemiBold);
  title->setFont(big);
  auto* subtitle = new QLabel(
      tr("Train models that predict the brain's response to pictures, and watch them learn on the cortex."), this);
  subtitle->setWordWrap(true);
  m_message->setObjectName("welcomeMessage");
  m_message->setWordWrap(true);
  m_message->setTextInteractionFlags(Qt::TextSelectableByMouse);
  m_report->setObjectName("welcomeReport");
  m_report->hide();
  m_bar->setObjectName("welcomeProgress");
  m_bar->setTextVisible(false);
  m_bar->hide();
  m_cancel->setObjectName("welcomeCancel");
  m_cancel->hide();

  auto* column = new QVBoxLayout;
  column->addStretch(2);
  column->addWidget(title);
  column->addWidget(subtitle);
  column->addSpacing(14);
  m_open = addButton(column, "welcomeOpen", tr("Open a study…"),
                     tr("A folder in the layout of Algonauts 2023 (subj01, subj02, …)"));
  m_demo = addButton(column, "welcomeDemo", tr("Open the demo study"),
                     tr("Drawn pictures with planted responses; made in less than a minute"));
  column->addWidget(new QLabel(tr("Or drop a study's folder on this window."), this));
  column->addSpacing(10);
  column->addLayout(m_recent);
  column->addSpacing(10);
  column->addWidget(m_message);
  auto* row = new QHBoxLayout;
  row->addWidget(m_bar, 1);
  row->addWidget(m_cancel);
  row->addWidget(m_report);
  column->addLayout(row);
  column->addStretch(3);
  auto* holder = new QWidget(this);
  holder->setLayout(column);
  holder->setFixedWidth(kColumnWidth);
  auto* layout = new QHBoxLayout(this);
  layout->addStretch();
  layout->addWidget(holder);
  layout->addStretch();

  m_open->setIcon(themeIcon("document-open"));
  m_demo->setIcon(themeIcon("media-playback-start"));
  connect(m_open, &QCommandLinkButton::clicked, this, &WelcomePage::openRequested);
  connect(m_demo, &QCommandLinkButton::clicked, this, &WelcomePage::demoRequested);
  connect(m_cancel, &QPushButton::clicked, this, &WelcomePage::cancelRequested);
  connect(m_report, &QPushButton::clicked, this, &WelcomePage::reportRequested);
}

QCommandLinkButton* WelcomePage::addButton(QVBoxLayout* column, const QString& name, const QString& text,
                                           const QString& help) {
  auto* made = new QCommandLinkButton(text, help, this);
  made->setObjectName(name);
  column->addWidget(made);
  return made;
}

void WelcomePage::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) setMessage(m_message->text(), m_isError);
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
  m_isError = isError;
  m_message->setText(text);
  const QString wanted = isError ? "color: " + themeColours(palette()).error.name() : QString();
  if (m_message->styleSheet() != wanted) m_message->setStyleSheet(wanted);
  if (!isError) m_report->hide();
}

void WelcomePage::setProgress(const QString& text, double fraction, bool isCancellable) {
  setMessage(text, false);
  m_bar->setRange(0, fraction < 0 ? 0 : 1000);
  m_bar->setValue(static_cast<int>(std::lround(1000 * std::max(0.0, fraction))));
  m_bar->show();
  m_cancel->setVisible(isCancellable);
  m_open->setEnabled(false);
  m_demo->setEnabled(false);
}

void WelcomePage::endProgress() {
  setMessage({}, false);
  m_bar->hide();
  m_cancel->hide();
  m_open->setEnabled(true);
  m_demo->setEnabled(true);
}

void WelcomePage::showDamage(const Study& study) {
  QString text = tr("No subject of %1 can be used (%2).")
                     .arg(QDir::toNativeSeparators(QString::fromStdString(study.root.string())), problemCount(study));
  for (size_t i = 0; i < std::min(kProblemsShown, study.problems.size()); ++i) {
    const Problem& problem = study.problems[i];
    text += QString("\n\n%1 (%2): %3. %4.")
                .arg(QString::fromStdString(problem.file), QString::fromStdString(problem.place),
                     QString::fromStdString(problem.reason), QString::fromStdString(problem.remedy));
  }
  setMessage(text, true);
  m_report->setVisible(!study.problems.empty());
}

}  // namespace corticast
