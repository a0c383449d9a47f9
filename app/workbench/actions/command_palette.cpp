#include "app/workbench/actions/command_palette.h"

#include <QAction>
#include <QBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QPointer>
#include <QTimer>
#include <algorithm>

#include "app/workbench/actions/fuzzy_match.h"
#include "app/workbench/actions/named_action.h"

namespace corticast {

CommandPalette::CommandPalette(const QList<QAction*>& actions, QWidget* parent)
    : QDialog(parent, Qt::Popup), m_actions(actions), m_input(new QLineEdit(this)), m_list(new QListWidget(this)) {
  setObjectName("commandPalette");
  setAttribute(Qt::WA_DeleteOnClose);
  m_input->setObjectName("paletteInput");
  m_input->setPlaceholderText(tr("Type what you want to do"));
  m_input->installEventFilter(this);
  m_list->setObjectName("paletteList");
  m_list->setFocusPolicy(Qt::NoFocus);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(8, 8, 8, 8);
  layout->addWidget(m_input);
  layout->addWidget(m_list);
  resize(520, 380);
  connect(m_input, &QLineEdit::textChanged, this, &CommandPalette::refill);
  connect(m_input, &QLineEdit::returnPressed, this, &CommandPalette::doCurrent);
  connect(m_list, &QListWidget::itemClicked, this, &CommandPalette::doCurrent);
  refill();
  m_input->setFocus();
}

void CommandPalette::refill() {
  struct Entry {
    int score;
    qsizetype action;
  };
  QList<Entry> entries;
  for (qsizetype i = 0; i < m_actions.size(); ++i) {
    const auto score = fuzzyMatch(m_input->text(), plainText(*m_actions[i]));
    if (score) entries.push_back({*score + (m_actions[i]->isEnabled() ? 1000 : 0), i});
  }
  std::ranges::stable_sort(entries, std::greater(), &Entry::score);
  m_list->clear();
  for (const Entry& entry : entries) {
    const QAction* action = m_actions[entry.action];
    const QString keys = action->shortcut().toString(QKeySequence::NativeText);
    auto* item = new QListWidgetItem(
        action->icon(), keys.isEmpty() ? plainText(*action) : QString("%1    %2").arg(plainText(*action), keys),
        m_list);
    item->setToolTip(action->toolTip());
    item->setData(Qt::UserRole, entry.action);
    if (!action->isEnabled()) item->setFlags(Qt::NoItemFlags);
  }
  m_list->setCurrentRow(0);
}

void CommandPalette::doCurrent() {
  const QListWidgetItem* item = m_list->currentItem();
  if (!item || !(item->flags() & Qt::ItemIsEnabled)) return;
  const QPointer<QAction> action = m_actions[item->data(Qt::UserRole).toLongLong()];
  close();
  // After this window is gone, so that dialogs and focus belong to the main window.
  QTimer::singleShot(0, parent(), [action] {
    if (action) action->trigger();
  });
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event) {
  if (watched == m_input && event->type() == QEvent::KeyPress) {
    const int key = static_cast<QKeyEvent*>(event)->key();
    if (key == Qt::Key_Down || key == Qt::Key_Up) {
      const int row = m_list->currentRow() + (key == Qt::Key_Down ? 1 : -1);
      m_list->setCurrentRow(std::clamp(row, 0, std::max(0, m_list->count() - 1)));
      return true;
    }
  }
  return QDialog::eventFilter(watched, event);
}

}  // namespace corticast
