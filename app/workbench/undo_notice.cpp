#include "app/workbench/undo_notice.h"

#include <QBoxLayout>
#include <QLabel>
#include <QTimer>
#include <QToolButton>
#include <QUndoStack>

#include "widgets/style/theme.h"

namespace corticast {
namespace {

constexpr int kShownMilliseconds = 20000;

}  // namespace

UndoNotice::UndoNotice(QUndoStack& history, QWidget* parent)
    : QWidget(parent), m_text(new QLabel(this)), m_button(new QToolButton(this)), m_timer(new QTimer(this)) {
  setObjectName("undoNotice");
  m_text->setObjectName("undoText");
  m_button->setObjectName("undoDelete");
  m_button->setText(tr("Undo"));
  m_button->setIcon(themeIcon("edit-undo"));
  m_button->setToolTip(tr("Bring back what was deleted"));
  m_button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  m_button->setAutoRaise(true);
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(8, 0, 0, 0);
  layout->addWidget(m_text);
  layout->addWidget(m_button);
  m_timer->setSingleShot(true);
  m_timer->setInterval(kShownMilliseconds);
  connect(m_timer, &QTimer::timeout, this, &QWidget::hide);
  connect(m_button, &QToolButton::clicked, &history, &QUndoStack::undo);
  connect(&history, &QUndoStack::indexChanged, this, &UndoNotice::withdraw);
  hide();
}

UndoNotice::~UndoNotice() = default;

void UndoNotice::withdraw() {
  hide();
  m_timer->stop();
}

void UndoNotice::offer(const QString& text) {
  m_text->setText(text);
  show();
  m_timer->start();
}

}  // namespace corticast
