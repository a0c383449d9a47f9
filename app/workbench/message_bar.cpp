#include "app/workbench/message_bar.h"

#include <QApplication>
#include <QBoxLayout>
#include <QClipboard>
#include <QEvent>
#include <QLabel>
#include <QPushButton>

#include "widgets/style/theme.h"

namespace corticast {

MessageBar::MessageBar(QWidget* parent)
    : QFrame(parent),
      m_text(new QLabel(this)),
      m_yes(new QPushButton(this)),
      m_no(new QPushButton(this)),
      m_copy(new QPushButton(tr("Copy"), this)) {
  setObjectName("messageBar");
  m_text->setObjectName("messageText");
  m_text->setWordWrap(true);
  m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
  m_yes->setObjectName("messageYes");
  m_no->setObjectName("messageNo");
  m_copy->setObjectName("messageCopy");
  m_copy->setToolTip(tr("Copy this text, e.g. to report it"));
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(12, 6, 8, 6);
  layout->addWidget(m_text, 1);
  layout->addWidget(m_copy);
  layout->addWidget(m_yes);
  layout->addWidget(m_no);
  connect(m_yes, &QPushButton::clicked, this, [this] {
    hide();
    if (m_action) m_action();
  });
  connect(m_no, &QPushButton::clicked, this, &QWidget::hide);
  connect(m_copy, &QPushButton::clicked, this, [this] { QApplication::clipboard()->setText(m_text->text()); });
  hide();
}

void MessageBar::showFailure(const QString& what, const QString& reason) {
  m_isFailure = true;
  m_action = {};
  m_text->setText(tr("%1 failed: %2").arg(what, reason));
  m_yes->hide();
  m_copy->show();
  m_no->setText(tr("Close"));
  colour();
  show();
}

void MessageBar::ask(const QString& question, const QString& yes, const QString& no,
                     const std::function<void()>& action) {
  m_isFailure = false;
  m_action = action;
  m_text->setText(question);
  m_yes->setText(yes);
  m_no->setText(no);
  m_yes->show();
  m_copy->hide();
  colour();
  show();
  m_no->setFocus();
}

QString MessageBar::text() const {
  return m_text->text();
}

void MessageBar::colour() {
  const ThemeColours theme = themeColours(QApplication::palette());
  const QColor edge = m_isFailure ? theme.error : theme.warning;
  const QString sheet = QString("QFrame#messageBar { border: none; border-left: 4px solid %1; background: %2; }")
                            .arg(edge.name(), QApplication::palette().color(QPalette::Base).name());
  // Setting one changes the palette, which calls this again.
  if (sheet != styleSheet()) setStyleSheet(sheet);
}

void MessageBar::changeEvent(QEvent* event) {
  QFrame::changeEvent(event);
  if (event->type() == QEvent::PaletteChange && isVisible()) colour();
}

}  // namespace corticast
