#include "app/workbench/actions/shortcut_dialog.h"

#include <QAction>
#include <QBoxLayout>
#include <QDialogButtonBox>
#include <QHeaderView>
#include <QKeySequenceEdit>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>
#include <QTreeWidget>

#include "app/workbench/actions/named_action.h"
#include "app/workbench/settings.h"
#include "widgets/style/theme.h"

namespace corticast {
namespace {

constexpr const char* kDefaultProperty = "corticastDefaultKeys";

QString keysOf(const QAction& action) {
  return QKeySequence::listToString(action.shortcuts(), QKeySequence::NativeText).replace("; ", ", ");
}

QList<QKeySequence> defaultKeys(const QAction& action) {
  return QKeySequence::listFromString(action.property(kDefaultProperty).toString(), QKeySequence::PortableText);
}

}  // namespace

void applyShortcuts(const QList<QAction*>& actions, const Settings& settings) {
  for (QAction* action : actions) {
    if (!action->property(kDefaultProperty).isValid())
      action->setProperty(kDefaultProperty,
                          QKeySequence::listToString(action->shortcuts(), QKeySequence::PortableText));
    const auto chosen = settings.shortcut(action->objectName());
    action->setShortcuts(chosen ? QKeySequence::listFromString(*chosen, QKeySequence::PortableText)
                                : defaultKeys(*action));
  }
}

ShortcutDialog::ShortcutDialog(const QList<QAction*>& actions, Settings& settings, QWidget* parent)
    : QDialog(parent),
      m_actions(actions),
      m_settings(settings),
      m_tree(new QTreeWidget(this)),
      m_key(new QKeySequenceEdit(this)),
      m_reason(new QLabel(this)) {
  setObjectName("shortcutDialog");
  setWindowTitle(tr("Keyboard shortcuts"));
  resize(560, 620);
  m_tree->setObjectName("shortcutTree");
  m_tree->setHeaderLabels({tr("Command"), tr("Keys")});
  m_tree->setRootIsDecorated(false);
  m_tree->setAlternatingRowColors(true);
  m_tree->header()->setSectionResizeMode(0, QHeaderView::Stretch);
  m_tree->header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
  m_tree->header()->setStretchLastSection(false);
  m_key->setObjectName("shortcutKey");
  m_reason->setObjectName("shortcutReason");
  m_reason->setWordWrap(true);
  m_reason->setStyleSheet("color: " + themeColours(palette()).error.name());
  auto* restore = new QPushButton(tr("Default"), this);
  restore->setObjectName("shortcutDefault");
  auto* row = new QHBoxLayout;
  row->addWidget(new QLabel(tr("Keys of the chosen command"), this));
  row->addWidget(m_key, 1);
  row->addWidget(restore);
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
  auto* layout = new QVBoxLayout(this);
  layout->addWidget(m_tree, 1);
  layout->addLayout(row);
  layout->addWidget(m_reason);
  layout->addWidget(buttons);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  connect(m_tree, &QTreeWidget::currentItemChanged, this, &ShortcutDialog::showCurrent);
  connect(m_key, &QKeySequenceEdit::editingFinished, this, &ShortcutDialog::change);
  connect(restore, &QPushButton::clicked, this, &ShortcutDialog::reset);
  fill();
}

void ShortcutDialog::fill() {
  const int row = std::max(0, m_tree->indexOfTopLevelItem(m_tree->currentItem()));
  const QSignalBlocker quiet(m_tree);
  m_tree->clear();
  for (const QAction* action : m_actions) new QTreeWidgetItem(m_tree, {plainText(*action), keysOf(*action)});
  m_tree->setCurrentItem(m_tree->topLevelItem(row));
  showCurrent();
}

QAction* ShortcutDialog::current() const {
  const int row = m_tree->indexOfTopLevelItem(m_tree->currentItem());
  return row < 0 ? nullptr : m_actions[row];
}

void ShortcutDialog::showCurrent() {
  const QSignalBlocker quiet(m_key);
  m_reason->clear();
  m_key->setEnabled(current() != nullptr);
  if (current()) m_key->setKeySequence(current()->shortcut());
}

void ShortcutDialog::change() {
  QAction* action = current();
  const QKeySequence wanted = m_key->keySequence();
  if (!action || wanted == action->shortcut()) return;
  for (const QAction* other : m_actions)
    if (other != action && !wanted.isEmpty() && other->shortcuts().contains(wanted)) {
      m_reason->setText(tr("%1 belongs to \"%2\". Give that another key first.")
                            .arg(wanted.toString(QKeySequence::NativeText), plainText(*other)));
      return;
    }
  m_settings.setShortcut(action->objectName(), wanted.toString(QKeySequence::PortableText));
  applyShortcuts(m_actions, m_settings);
  fill();
}

void ShortcutDialog::reset() {
  if (!current()) return;
  m_settings.setShortcut(current()->objectName(), std::nullopt);
  applyShortcuts(m_actions, m_settings);
  fill();
}

}  // namespace corticast
